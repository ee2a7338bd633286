//! Rosters of a whole region: what the index finds is what comparing with every school finds, and it is found at once.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own helpers: what is wrong here is to stop the test"
)]

mod region;

use std::time::{Duration, Instant};

use svodka::matching::{KnownSchool, Roster};

fn both(schools: &[KnownSchool]) -> (Roster, Roster) {
    let roster = Roster::from_names("Ленинградская область", schools.to_vec());
    (roster.clone(), roster.without_index())
}

#[test]
fn the_index_finds_what_comparing_with_every_school_finds() {
    let mut found = [0; 2];
    for seed in 0..10 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let schools = region::schools(rng.usize(3..160), [1, 1, 5, 40][rng.usize(..4)], seed);
        let (indexed, scan) = both(&schools);
        for _ in 0..10 {
            let school = &schools[rng.usize(..schools.len())];
            let texts = region::spellings(school, &mut rng);
            for text in &texts {
                let one = scan.name(text);
                found[usize::from(one.school().is_some())] += 1;
                assert_eq!(indexed.name(text), one, "seed {seed}: {text}");
            }
            let page = texts.join(". Сообщаем, что\n");
            assert_eq!(indexed.mentions(&page), scan.mentions(&page), "seed {seed}: {page}");
            let two = format!("{}, {}", texts[0], texts[texts.len() - 1]);
            assert_eq!(indexed.name(&two), scan.name(&two), "seed {seed}: {two}");
        }
    }
    assert!(found.iter().all(|count| *count > 100), "this shows nothing: {found:?}");
}

/// `cargo test --release --test roster -- --ignored --nocapture`
#[test]
#[ignore = "a measurement, of use in an optimised build alone"]
fn forty_thousand_schools() {
    for (count, scheduled, words) in
        [(7, 1, "only 7"), (40_000, 5_700, "7 scheduled, all others neighbours"), (40_000, 1, "all of them scheduled")]
    {
        let schools = region::schools(count, scheduled, 1);
        let before = resident();
        let begun = Instant::now();
        let roster = Roster::from_names("Ленинградская область", schools.clone());
        println!("{words}: built in {:?}, {} MB", begun.elapsed(), (resident() - before) / 1024);
        let mut rng = fastrand::Rng::with_seed(2);
        let some: Vec<&KnownSchool> = (0..400).map(|_| &schools[rng.usize(..schools.len())]).collect();
        let mut texts: Vec<Vec<String>> = some.iter().map(|school| region::spellings(school, &mut rng)).collect();
        let page: String = texts.concat().concat().chars().take(20_000).collect();
        let plain = "Направляем информацию об участии школы в проекте, просим подтвердить получение. ".repeat(250);
        for nth in 0..texts[0].len() {
            let each = texts.iter_mut().map(|all| all.swap_remove(all.len() - 1)).collect::<Vec<_>>();
            let (median, most) = measured(each.iter().map(|text| time(|| drop(roster.name(text)))));
            println!("  name() of spelling {nth:2}: median {median:?}, most {most:?}, as {:?}", each[0]);
        }
        for (text, what) in [(page, "names of schools alone"), (plain, "ordinary words")] {
            let (median, most) = measured((0..20).map(|_| time(|| drop(roster.mentions(&text)))));
            println!("  mentions() in {} letters of {what}: median {median:?}, most {most:?}", text.chars().count());
        }
    }
}

fn time(act: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    act();
    begun.elapsed()
}

fn measured(times: impl Iterator<Item = Duration>) -> (Duration, Duration) {
    let mut times: Vec<Duration> = times.collect();
    times.sort();
    (times[times.len() / 2], times[times.len() - 1])
}

/// Kilobytes of memory that the process holds.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
