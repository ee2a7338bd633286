//! One Dovecot and one Postfix for all tests of a run: on loopback, on free ports, in a temporary folder. Every test has
//! mailboxes of its own names, so that they run side by side.

use std::{
    fs,
    io::Read as _,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD as STANDARD, BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD},
};
use ring::hmac;

use super::{PATIENCE, certificates, client::Imap, wait_for};

/// The password of every mailbox.
pub(crate) const PASSWORD: &str = "correct-horse";
/// The domain of every mailbox.
pub(crate) const DOMAIN: &str = "test.local";

/// Ends with the process that holds its input open, however that one ends: then the servers are stopped by their process
/// ids and their folder is removed. Servers never inherit a pipe of ours.
const WATCHDOG: &str = r#"
trap '' INT
folder=$1
/usr/sbin/dovecot -F -c "$folder/dovecot.conf" </dev/null >"$folder/dovecot.out" 2>&1 & servers=$!
if [ -d "$folder/postfix" ]; then
    /usr/lib/postfix/sbin/master -c "$folder/postfix/etc" -d </dev/null >"$folder/postfix.out" 2>&1 & servers="$servers $!"
fi
read -r _
kill -TERM $servers
wait
rm -rf "$folder"
"#;

/// The servers of this run.
#[derive(Debug)]
pub(crate) struct Servers {
    folder: PathBuf,
    first_port: u16,
    _watchdog: Child,
}

/// A mailbox and its address.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// What it logs in with.
    pub(crate) user: String,
    /// Its address.
    pub(crate) address: String,
    maildir: PathBuf,
    imaps: u16,
    ca: PathBuf,
}

impl Servers {
    /// Starts them with the first test that asks.
    ///
    /// # Panics
    /// Where they are not installed, or this is not root.
    pub(crate) fn shared() -> &'static Self {
        static SERVERS: OnceLock<Servers> = OnceLock::new();
        SERVERS.get_or_init(|| {
            let root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
            let there = Path::new("/usr/sbin/dovecot").exists() && Path::new("/usr/sbin/postfix").exists();
            assert!(
                root && there,
                "mail servers are needed: run `make test` as root or with sudo, which installs them"
            );
            Self::start(None)
        })
    }

    /// Starts Dovecot alone, as an ordinary user.
    pub(crate) fn dovecot_as(user: &str) -> Self {
        Self::start(Some(user))
    }

    fn start(user: Option<&str>) -> Self {
        let folder = tempfile::Builder::new().prefix("svodka-servers-").tempdir().unwrap().keep();
        open_to_all(&folder);
        certificates::write(&folder);
        let first_port = free_ports();
        fs::create_dir(folder.join("mail")).unwrap();
        let mail_user = user.unwrap_or("mail");
        fs::write(folder.join("dovecot.conf"), dovecot(&folder, first_port, user, mail_user)).unwrap();
        tokens(&folder);
        if user.is_none() {
            postfix(&folder, first_port);
        }
        own(mail_user, &if user.is_some() { folder.clone() } else { folder.join("mail") });
        let mut watchdog = match user {
            None => Command::new("sh"),
            Some(user) => {
                let mut as_user = Command::new("setpriv");
                as_user.args(["--reuid", user, "--regid", &group(user), "--clear-groups", "sh"]);
                as_user
            }
        };
        let watchdog =
            watchdog.arg("-c").arg(WATCHDOG).arg("watchdog").arg(&folder).stdin(Stdio::piped()).spawn().unwrap();
        let servers = Self { folder, first_port, _watchdog: watchdog };
        servers.wait_until_open(servers.imaps());
        if user.is_none() {
            servers.wait_until_open(servers.lmtp());
            // Postfix greets nobody before it has found Dovecot's logins.
            wait_for(&format!("a greeting; see {}", servers.folder.display()), || greeting(servers.smtp()));
        }
        servers
    }

    fn wait_until_open(&self, port: u16) {
        wait_for(&format!("port {port}; see {}", self.folder.display()), || {
            TcpStream::connect(("127.0.0.1", port)).ok()
        });
    }

    /// The folder with the certificates.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The authority that signed the servers' certificates.
    pub(crate) fn ca_file(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// IMAP, in clear until STARTTLS.
    pub(crate) fn imap(&self) -> u16 {
        self.first_port
    }

    /// IMAP under TLS.
    pub(crate) fn imaps(&self) -> u16 {
        self.first_port + 1
    }

    fn lmtp(&self) -> u16 {
        self.first_port + 2
    }

    /// SMTP that takes mail for the mailboxes from anybody.
    pub(crate) fn smtp(&self) -> u16 {
        self.first_port + 4
    }

    /// SMTP under TLS, for whoever has logged in.
    pub(crate) fn smtps(&self) -> u16 {
        self.first_port + 5
    }

    /// The same after STARTTLS.
    pub(crate) fn submission(&self) -> u16 {
        self.first_port + 6
    }

    /// A mailbox that no other test has: its name begins with this word.
    pub(crate) fn account(&self, word: &str) -> Account {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("{word}{}", COUNT.fetch_add(1, Ordering::Relaxed));
        self.named(&name)
    }

    /// The mailbox of this very name.
    pub(crate) fn named(&self, name: &str) -> Account {
        Account {
            user: name.to_owned(),
            address: format!("{name}@{DOMAIN}"),
            maildir: self.folder.join("mail").join(name),
            imaps: self.imaps(),
            ca: self.ca_file(),
        }
    }

    /// An access token for XOAUTH2 that Dovecot believes for this mailbox.
    pub(crate) fn token(&self, account: &Account) -> String {
        token(&account.user)
    }
}

impl Account {
    fn folder(&self, folder: &str) -> PathBuf {
        if folder == "INBOX" { self.maildir.clone() } else { self.maildir.join(format!(".{folder}")) }
    }

    /// The files of a folder as they lie on the disk: names with flags behind `:2,`.
    pub(crate) fn files(&self, folder: &str) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for part in ["new", "cur"] {
            let entries = fs::read_dir(self.folder(folder).join(part)).into_iter().flatten().flatten();
            files.extend(entries.map(|entry| entry.path()));
        }
        files.sort_by_key(|path| path.file_name().map(ToOwned::to_owned));
        files
    }

    /// Its folders as far as they have been made.
    pub(crate) fn folders(&self) -> Vec<String> {
        let below = fs::read_dir(&self.maildir).into_iter().flatten().flatten();
        let names =
            below.filter_map(|entry| entry.file_name().to_string_lossy().strip_prefix('.').map(ToOwned::to_owned));
        names.chain(["INBOX".to_owned()]).collect()
    }

    /// The messages of a folder.
    pub(crate) fn messages(&self, folder: &str) -> Vec<Vec<u8>> {
        self.files(folder).iter().filter_map(|path| fs::read(path).ok()).collect()
    }

    /// Waits until a folder holds so many messages.
    pub(crate) fn wait_for(&self, folder: &str, count: usize) -> Vec<Vec<u8>> {
        wait_for(&format!("{count} messages in {folder} of {}", self.user), || {
            Some(self.messages(folder)).filter(|found| found.len() >= count)
        })
    }

    /// How many messages are in the INBOX, once so many are there; fewer may be there where some are held.
    pub(crate) fn messages_up_to(&self, count: usize, held: usize) -> usize {
        if held == 0 { self.wait_for("INBOX", count).len() } else { self.messages("INBOX").len() }
    }

    /// A connection to the mailbox, past the daemon.
    pub(crate) fn imap(&self) -> Imap {
        Imap::login(self.imaps, &self.ca, &self.user, PASSWORD)
    }

    /// Puts a message straight into the mailbox, received at this time (RFC 9051, date-time).
    pub(crate) fn append(&self, message: &[u8], received: &str) {
        self.imap().append("INBOX", message, received);
    }

    /// Gives the INBOX another UIDVALIDITY, as a restored server has. Nobody may be connected meanwhile.
    pub(crate) fn renumber(&self) {
        let list = self.maildir.join("dovecot-uidlist");
        let text = fs::read_to_string(&list).unwrap();
        let (head, rest) = text.split_once('\n').unwrap();
        let head: Vec<String> = head
            .split(' ')
            .map(|word| match word.strip_prefix('V') {
                Some(number) => format!("V{}", number.parse::<u32>().unwrap() + 7),
                None => word.to_owned(),
            })
            .collect();
        fs::write(&list, format!("{}\n{rest}", head.join(" "))).unwrap();
        for entry in fs::read_dir(&self.maildir).unwrap().flatten() {
            if entry.file_name().to_string_lossy().starts_with("dovecot.") {
                fs::remove_file(entry.path()).unwrap();
            }
        }
    }
}

fn greeting(port: u16) -> Option<()> {
    let tcp = TcpStream::connect(("127.0.0.1", port)).ok()?;
    tcp.set_read_timeout(Some(PATIENCE)).ok()?;
    let mut code = [0; 3];
    (&tcp).read_exact(&mut code).ok()?;
    (code == *b"220").then_some(())
}

/// Servers run as users of their own, and must reach their files.
fn open_to_all(folder: &Path) {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(folder, mode).unwrap();
}

fn own(user: &str, folder: &Path) {
    assert!(Command::new("chown").arg("-R").arg(user).arg(folder).status().unwrap().success());
}

fn group(user: &str) -> String {
    String::from_utf8(Command::new("id").args(["-gn", user]).output().unwrap().stdout).unwrap().trim().to_owned()
}

/// The first of eight ports in a row that nobody uses.
fn free_ports() -> u16 {
    let free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    let own = u16::try_from(std::process::id() % 3000).unwrap() * 8 + 20000;
    let mut candidates = (own..60000).step_by(8).chain((20000..own).step_by(8));
    candidates.find(|first| (0..8).all(|offset| free(first + offset))).expect("no free ports")
}

fn dovecot(folder: &Path, port: u16, user: Option<&str>, mail_user: &str) -> String {
    let folder = folder.display();
    let (internal, login) = match user {
        Some(user) => (user.to_owned(), user.to_owned()),
        None => ("dovecot".to_owned(), "dovenull".to_owned()),
    };
    let (group, mail_group) = (group(&internal), group(mail_user));
    // Without root, every service runs as who starts it.
    let own = user.map_or(String::new(), |user| {
        format!("service auth {{\n user = {user}\n}}\nservice auth-worker {{\n user = {user}\n}}\n")
    });
    format!(
        "base_dir = {folder}/run\nstate_dir = {folder}/state\ninstance_name = svodka-{port}\nlog_path = {folder}/dovecot.log\n\
         protocols = imap lmtp\nlisten = 127.0.0.1\ndefault_internal_user = {internal}\n\
         default_internal_group = {group}\ndefault_login_user = {login}\nfirst_valid_uid = 1\nfirst_valid_gid = 1\n\
         ssl = yes\nssl_cert = <{folder}/good.pem\nssl_key = <{folder}/good.key\nssl_min_protocol = TLSv1.2\n\
         disable_plaintext_auth = yes\nauth_mechanisms = plain login xoauth2\nauth_username_format = %Lu\n\
         auth_username_chars =\nauth_failure_delay = 0\nmail_location = maildir:{folder}/mail/%n\n\
         mail_max_userip_connections = 200\nmail_fsync = never\n\
         passdb {{\n driver = oauth2\n mechanisms = xoauth2\n args = {folder}/oauth2.conf\n}}\n\
         passdb {{\n driver = static\n mechanisms = plain login\n args = password={PASSWORD}\n}}\n\
         userdb {{\n driver = static\n args = uid={mail_user} gid={mail_group} home={folder}/mail/%n allow_all_users=yes\n}}\n\
         namespace inbox {{\n inbox = yes\n separator = /\n}}\n\
         service imap-login {{\n chroot =\n service_count = 0\n process_min_avail = 1\n\
         inet_listener imap {{\n port = {port}\n}}\n inet_listener imaps {{\n port = {imaps}\n ssl = yes\n}}\n}}\n\
         service anvil {{\n chroot =\n unix_listener anvil-auth-penalty {{\n mode = 0\n}}\n}}\n\
         service stats {{\n chroot =\n}}\n\
         service lmtp {{\n inet_listener lmtp {{\n address = 127.0.0.1\n port = {lmtp}\n}}\n}}\n\
         protocol lmtp {{\n auth_username_format = %Ln\n postmaster_address = postmaster@{DOMAIN}\n}}\n\
         service auth {{\n inet_listener {{\n address = 127.0.0.1\n port = {sasl}\n}}\n}}\n{own}",
        imaps = port + 1,
        lmtp = port + 2,
        sasl = port + 3,
    )
}

/// The key by which Dovecot believes tokens of the tests' own (RFC 7519, HS256).
const TOKEN_KEY: &[u8] = b"svodka-tests";

fn tokens(folder: &Path) {
    let keys = folder.join("keys/default/HS256");
    fs::create_dir_all(&keys).unwrap();
    fs::write(keys.join("default"), STANDARD.encode(TOKEN_KEY)).unwrap();
    let text = format!(
        "introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={}/keys/\nusername_attribute = sub\n",
        folder.display()
    );
    fs::write(folder.join("oauth2.conf"), text).unwrap();
}

fn token(user: &str) -> String {
    let header = URL_SAFE_NO_PAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    let claims = URL_SAFE_NO_PAD.encode(format!(r#"{{"sub":"{user}","iat":1600000000,"exp":4000000000}}"#));
    let signed = format!("{header}.{claims}");
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, TOKEN_KEY), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn postfix(folder: &Path, port: u16) {
    let own = folder.join("postfix");
    for part in ["etc", "spool", "data"] {
        fs::create_dir_all(own.join(part)).unwrap();
    }
    self::own("postfix", &own.join("data"));
    let (at, shown) = (own.display(), folder.display());
    let main = format!(
        "compatibility_level = 3.6\nqueue_directory = {at}/spool\ndata_directory = {at}/data\n\
         command_directory = /usr/sbin\ndaemon_directory = /usr/lib/postfix/sbin\nmail_owner = postfix\n\
         setgid_group = postdrop\nmeta_directory = /etc/postfix\nshlib_directory = /usr/lib/postfix\n\
         syslog_name = svodka-{port}\nmaillog_file = {at}/maillog\nmaillog_file_prefixes = {at}\n\
         inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmyhostname = mx.{DOMAIN}\nmydomain = {DOMAIN}\n\
         myorigin = {DOMAIN}\nmydestination =\nmynetworks = 127.0.0.0/8\nlocal_transport = error:no local mail\n\
         alias_maps =\nalias_database =\nlocal_recipient_maps =\nvirtual_mailbox_domains = {DOMAIN}\n\
         virtual_mailbox_maps = static:all\nvirtual_transport = lmtp:inet:127.0.0.1:{lmtp}\n\
         default_transport = error:5.1.2 no mail leaves the tests\nrelay_transport = error:5.1.2 no mail leaves the tests\n\
         disable_dns_lookups = yes\nsmtp_host_lookup = native\nmessage_size_limit = 104857600\nmailbox_size_limit = 0\n\
         virtual_mailbox_limit = 0\nsmtpd_tls_security_level = may\nsmtpd_tls_cert_file = {shown}/good.pem\n\
         smtpd_tls_key_file = {shown}/good.key\nsmtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\n\
         smtpd_sasl_path = inet:127.0.0.1:{sasl}\nsmtpd_sasl_security_options = noanonymous\n\
         smtpd_client_connection_count_limit = 0\nsmtpd_client_connection_rate_limit = 0\n\
         smtpd_client_message_rate_limit = 0\nsmtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination\n\
         smtpd_delay_reject = no\n\
         submitted = check_sender_access inline:{{ {{foreign@{DOMAIN} = 553 5.7.1 not owned by auth user}} }}, permit_sasl_authenticated, reject\n\
         smtpd_recipient_restrictions = check_recipient_access inline:{{ {{unknown@{DOMAIN} = 550 5.1.1 no such user}} }}\n\
         in_flow_delay = 0\nsmtpd_peername_lookup = no\n",
        lmtp = port + 2,
        sasl = port + 3,
    );
    let services = "pickup unix n - n 60 1 pickup\ncleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\n\
        tlsmgr unix - - n 1000? 1 tlsmgr\nrewrite unix - - n - - trivial-rewrite\nbounce unix - - n - 0 bounce\n\
        defer unix - - n - 0 bounce\ntrace unix - - n - 0 bounce\nproxymap unix - - n - - proxymap\n\
        error unix - - n - - error\nretry unix - - n - - error\nlmtp unix - - n - - lmtp\nanvil unix - - n - 1 anvil\n\
        scache unix - - n - 1 scache\n\
        postlog unix-dgram n - n - 1 postlogd\n";
    let master = format!(
        "127.0.0.1:{} inet n - n - - smtpd\n127.0.0.1:{} inet n - n - - smtpd\n  -o smtpd_tls_wrappermode=yes\n  \
         -o smtpd_sender_restrictions=$submitted\n127.0.0.1:{} inet n - n - - smtpd\n  \
         -o smtpd_tls_security_level=encrypt\n  -o smtpd_sender_restrictions=$submitted\n{services}",
        port + 4,
        port + 5,
        port + 6
    );
    fs::write(own.join("etc/main.cf"), main).unwrap();
    fs::write(own.join("etc/master.cf"), master).unwrap();
    // Postfix waits until its settings are two seconds old.
    let settings = [own.join("etc/main.cf"), own.join("etc/master.cf")];
    assert!(Command::new("touch").args(["-d", "1 minute ago"]).args(settings).status().unwrap().success());
    let checked = Command::new("/usr/sbin/postfix").arg("-c").arg(own.join("etc")).arg("check").output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}
