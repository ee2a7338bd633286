//! Links to storages of files, by their hosts.

/// Hosts of storages; what is below them counts too.
const STORAGES: [&str; 35] = [
    "disk.yandex.ru",
    "disk.yandex.com",
    "disk.yandex.by",
    "disk.yandex.kz",
    "disk.360.yandex.ru",
    "docs.yandex.ru",
    "yadi.sk",
    "cloud.mail.ru",
    "files.mail.ru",
    "docs.mail.ru",
    "drive.google.com",
    "docs.google.com",
    "drive.usercontent.google.com",
    "photos.app.goo.gl",
    "dropbox.com",
    "dropboxusercontent.com",
    "db.tt",
    "1drv.ms",
    "onedrive.live.com",
    "sharepoint.com",
    "wetransfer.com",
    "we.tl",
    "mega.nz",
    "mega.co.nz",
    "dropmefiles.com",
    "dropmefiles.net",
    "fex.net",
    "box.com",
    "icloud.com",
    "sendspace.com",
    "mediafire.com",
    "transfer.sh",
    "file.io",
    "my-files.su",
    "disk.sbercloud.ru",
];

/// How many links are kept.
const MOST: usize = 50;

/// Those of the links that lead to a storage of files.
pub(super) fn storages(links: Vec<String>) -> Vec<String> {
    links.into_iter().filter(|link| host(link).is_some_and(|host| is_storage(&host))).take(MOST).collect()
}

fn is_storage(host: &str) -> bool {
    STORAGES
        .iter()
        .any(|storage| host.strip_suffix(storage).is_some_and(|before| before.is_empty() || before.ends_with('.')))
}

/// The host of an address of the web (RFC 3986 §3.2), in lower case.
fn host(link: &str) -> Option<String> {
    let (scheme, rest) = link.split_once("://")?;
    if !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") {
        return None;
    }
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    Some(host.trim_end_matches('.').to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn storages_are_known_by_their_hosts_only() {
        let storage = |link: &str| !storages(vec![link.to_owned()]).is_empty();
        for link in [
            "https://disk.yandex.ru/i/abc",
            "https://WWW.Dropbox.com/s/x?dl=0",
            "http://drive.google.com:443/file",
            "https://school-my.sharepoint.com/x",
        ] {
            assert!(storage(link), "{link}");
        }
        for link in [
            "https://notdropbox.com/x",
            "https://disk.yandex.ru.evil.ru/x",
            "https://disk.yandex.ru@evil.ru/x",
            "https://edu.ru/disk.yandex.ru",
            "ftp://disk.yandex.ru/x",
            "disk",
        ] {
            assert!(!storage(link), "{link}");
        }
    }
}
