//! Which of many stems a word may be a form of, found without comparing it with each of them.
//!
//! A form is a beginning of the word, the stem, and one of a few endings of at most four letters. Where one letter is
//! wrong, some beginning of the word is one letter away from the stem: then the two are equal, or become so when one letter is
//! left out of the one, of the other or of both. So each stem is kept under its hash and under those that it has
//! with any one letter left out. What is found may be a form; whether it is, [`super::words::Stem`] says.

/// The most letters of an ending.
const ENDING: usize = 4;
/// A word with a slip is at most so many letters longer than its stem, one more or one less included.
const LONGER: usize = 6;

/// Stems by the hashes of their letters.
#[derive(Debug, Clone, Default)]
pub(super) struct Stems {
    whole: Hashes,
    /// With one letter left out, or none.
    near: Hashes,
}

/// Numbers by hash: those of one hash stand together.
#[derive(Debug, Clone, Default)]
struct Hashes {
    sorted: Vec<(u64, u32)>,
    /// A bit for each hash that is there, and a few more: almost every word is ruled out by it.
    bits: Vec<u64>,
}

impl Hashes {
    fn new(mut all: Vec<(u64, u32)>) -> Self {
        all.sort_unstable();
        all.dedup();
        let mut bits = vec![0_u64; (all.len() / 4).next_power_of_two()];
        for (hash, _) in &all {
            let (word, bit) = place(*hash, bits.len());
            if let Some(word) = bits.get_mut(word) {
                *word |= bit;
            }
        }
        Self { sorted: all, bits }
    }

    fn find(&self, hash: u64, found: &mut Vec<u32>) {
        let (word, bit) = place(hash, self.bits.len());
        if self.bits.get(word).is_none_or(|word| word & bit == 0) {
            return;
        }
        let from = self.sorted.partition_point(|(known, _)| *known < hash);
        let here = self.sorted.get(from..).unwrap_or_default().iter().take_while(|(known, _)| *known == hash);
        found.extend(here.map(|(_, number)| *number));
    }
}

/// The word and the bit of a hash, in as many words as are a power of two.
fn place(hash: u64, words: usize) -> (usize, u64) {
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let word = usize::try_from(mixed >> 32).unwrap_or(0) & words.saturating_sub(1);
    (word, 1 << (mixed & 63))
}

/// The hashes of all beginnings of a word: that of none, of one letter, of two …
struct Beginnings {
    hashes: Vec<u64>,
}

/// Odd, and large enough that letters do not lie over each other.
const BASE: u64 = 0x0100_0000_01b3_0061;

impl Beginnings {
    fn of(word: &str) -> Self {
        let mut hash = 0_u64;
        let letters = word.chars().filter(|c| *c != '-').map(|c| {
            hash = hash.wrapping_mul(BASE).wrapping_add(u64::from(u32::from(c)));
            hash
        });
        Self { hashes: std::iter::once(0).chain(letters).collect() }
    }

    fn letters(&self) -> usize {
        self.hashes.len() - 1
    }

    fn hash(&self, length: usize) -> u64 {
        self.hashes.get(length).copied().unwrap_or_default()
    }

    /// The hashes of a beginning with one letter left out, from the last letter to the first.
    fn shorter(&self, length: usize) -> impl Iterator<Item = u64> {
        let mut power = 1_u64;
        let whole = self.hash(length);
        (0..length).rev().map(move |at| {
            // What stands behind the letter, and what stands before it, moved up to that.
            let behind = whole.wrapping_sub(self.hash(at + 1).wrapping_mul(power));
            let hash = behind.wrapping_add(self.hash(at).wrapping_mul(power));
            power = power.wrapping_mul(BASE);
            hash
        })
    }
}

impl Stems {
    /// Keeps stems, each with its number.
    pub(super) fn new<'s>(stems: impl Iterator<Item = (&'s str, u32)>) -> Self {
        let (mut whole, mut near) = (Vec::new(), Vec::new());
        for (stem, number) in stems {
            let beginnings = Beginnings::of(stem);
            let length = beginnings.letters();
            whole.push((beginnings.hash(length), number));
            near.push((beginnings.hash(length), number));
            near.extend(beginnings.shorter(length).map(|hash| (hash, number)));
        }
        Self { whole: Hashes::new(whole), near: Hashes::new(near) }
    }

    /// The numbers of all stems of which the word may be a form, in their order.
    pub(super) fn exact(&self, word: &str) -> Vec<u32> {
        let beginnings = Beginnings::of(word);
        let length = beginnings.letters();
        let mut found = Vec::new();
        for length in length.saturating_sub(ENDING)..=length {
            self.whole.find(beginnings.hash(length), &mut found);
        }
        in_order(found)
    }

    /// The same, where one letter of the word may be wrong.
    pub(super) fn near(&self, word: &str) -> Vec<u32> {
        let beginnings = Beginnings::of(word);
        let length = beginnings.letters();
        let mut found = Vec::new();
        for length in length.saturating_sub(LONGER)..=length {
            self.near.find(beginnings.hash(length), &mut found);
            for hash in beginnings.shorter(length) {
                self.near.find(hash, &mut found);
            }
        }
        in_order(found)
    }
}

fn in_order(mut numbers: Vec<u32>) -> Vec<u32> {
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}
