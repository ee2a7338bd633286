//! Reads documents in the jail, as the daemon does, each as many times as asked for; prints what was read and the memory
//! that the reading process has had. With `--here`, without the jail. `make bench` measures both.
//!
//! `cargo run --locked --release --example read -- [--here] TIMES FILE...`

#![expect(clippy::print_stdout, reason = "a program of the command line")]

use std::{env, fs};

use svodka::{
    document::Limits,
    jail::{self, Jail, Sandbox},
    message::OwnIdentity,
    reader,
};

fn main() -> anyhow::Result<()> {
    let mut args = env::args().skip(1);
    let first = args.next().unwrap_or_default();
    if first == jail::COMMAND {
        // The jail starts this very program as the side within.
        return jail::serve();
    }
    let here = first == "--here";
    let times: usize = if here { args.next().unwrap_or_default() } else { first }.parse()?;
    let files: Vec<String> = args.collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let jail = Jail::new(Sandbox::Require, Limits::default());
        let (mut documents, mut characters) = (0, 0);
        for _ in 0..times {
            for file in &files {
                let (bytes, own) = (fs::read(file)?, OwnIdentity::default());
                let (reading, _) = match here {
                    true => reader::read_file(&bytes, Some(file), &own, &Limits::default()),
                    false => jail.read_file(&bytes, Some(file.clone()), &own).await?,
                };
                documents += 1;
                let texts = reading.files.iter().filter_map(|file| file.content.as_ref().ok());
                characters += texts.map(|document| document.text().chars().count()).sum::<usize>();
            }
        }
        let peak = reader_peak().unwrap_or_default();
        // Waited for, so that its processor time counts.
        jail.close().await;
        println!("{documents} documents, {characters} characters, {peak} KiB in the reader");
        Ok(())
    })
}

/// The most memory that the reading process has had resident (proc_pid_status(5), VmHWM), in KiB.
fn reader_peak() -> Option<u64> {
    let child = fs::read_to_string("/proc/thread-self/children").ok()?.split_whitespace().next()?.to_owned();
    let status = fs::read_to_string(format!("/proc/{child}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().trim_end_matches(" kB").parse().ok()
}
