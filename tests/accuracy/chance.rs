//! Chances: everything is drawn from one generator, so that a seed tells the whole set.

use fastrand::Rng;

/// One of several.
pub(crate) fn pick<T: Copy>(rng: &mut Rng, of: &[T]) -> T {
    of[rng.usize(0..of.len())]
}

/// Once in so many times.
pub(crate) fn one_in(rng: &mut Rng, times: u32) -> bool {
    rng.u32(0..times) == 0
}

/// One of several, each as often as it weighs.
pub(crate) fn weighed<T: Copy>(rng: &mut Rng, of: &[(u32, T)]) -> T {
    let mut left = rng.u32(0..of.iter().map(|(weight, _)| weight).sum());
    for (weight, one) in of {
        match left.checked_sub(*weight) {
            Some(rest) => left = rest,
            None => return *one,
        }
    }
    of[0].1
}
