//! The number under which a mail is registered: campaign, running number, check character. Whoever reads it out over the
//! telephone with one wrong character, or with two neighbours swapped, has read out no number.

use crate::campaign::CampaignId;

/// The characters of a number in the order of their values. A hyphen has the last value, so that one that slips is seen.
const ALPHABET: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-";
/// The check character of the last value, as the standard prints it.
const LAST: char = '*';
const MODULUS: usize = 37;

/// The registration number of a campaign's mail, for example `500PLUS-2022-0042-H`: the last character is that of
/// ISO/IEC 7064, MOD 37-2, over all before the last hyphen.
pub fn registration(campaign: &CampaignId, number: i64) -> String {
    let campaign = campaign.as_str().to_ascii_uppercase().replace('_', "-");
    let body = format!("{campaign}-{number:04}");
    format!("{body}-{}", check(&body).unwrap_or(LAST))
}

/// Whether a text is a registration number, in capitals or not: its check character is that of what stands before it.
pub fn is_registration(text: &str) -> bool {
    let text = text.trim().to_ascii_uppercase();
    let mut parts = text.rsplitn(2, '-');
    let (Some(last), Some(body)) = (parts.next(), parts.next()) else { return false };
    check(body).is_some_and(|check| last.chars().eq([check]))
}

/// The check character: with it, the values weighted by powers of 2 from the right come to 1 modulo 37. No two powers of
/// neighbouring places are equal modulo 37, which is a prime, so no single error and no swap keeps the sum.
fn check(body: &str) -> Option<char> {
    let mut sum = 0;
    for c in body.chars() {
        sum = (sum + ALPHABET.find(c)?) * 2 % MODULUS;
    }
    let value = (MODULUS + 1 - sum) % MODULUS;
    let printed = ALPHABET.chars().nth(value)?;
    Some(if printed == '-' { LAST } else { printed })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers() -> impl Iterator<Item = String> {
        let campaign: CampaignId = "500plus-2022".parse().unwrap();
        let odd: CampaignId = "0_a--9".parse().unwrap();
        (0..200).chain([9_999, 10_000, 123_456]).flat_map(move |n| [registration(&campaign, n), registration(&odd, n)])
    }

    #[test]
    fn a_number_is_campaign_running_number_and_check_character() {
        let campaign: CampaignId = "500plus-2022".parse().unwrap();
        let number = registration(&campaign, 42);
        assert!(number.starts_with("500PLUS-2022-0042-") && number.len() == 19, "{number}");
        assert!(is_registration(&number) && is_registration(&number.to_lowercase()));
        assert!(registration(&campaign, 12_345).starts_with("500PLUS-2022-12345-"));
    }

    /// The examples by which ISBT 128 explains the check character of its donation numbers, which is the same.
    #[test]
    fn the_check_character_is_the_standards() {
        assert_eq!([check("G123498654321"), check("A999914123456")], [Some('H'), Some('N')]);
    }

    #[test]
    fn every_single_wrong_character_is_seen() {
        let all: Vec<char> = ALPHABET.chars().chain([LAST]).collect();
        for number in numbers() {
            assert!(is_registration(&number));
            let right: Vec<char> = number.chars().collect();
            for at in 0..right.len() {
                for other in all.iter().filter(|other| **other != right[at]) {
                    let mut wrong = right.clone();
                    wrong[at] = *other;
                    let wrong: String = wrong.into_iter().collect();
                    assert!(!is_registration(&wrong), "{number} as {wrong}");
                }
            }
        }
    }

    #[test]
    fn every_swap_of_neighbours_is_seen() {
        for number in numbers() {
            let right: Vec<char> = number.chars().collect();
            for at in (1..right.len()).filter(|at| right[at - 1] != right[*at]) {
                let mut wrong = right.clone();
                wrong.swap(at - 1, at);
                let wrong: String = wrong.into_iter().collect();
                assert!(!is_registration(&wrong), "{number} as {wrong}");
            }
        }
    }
}
