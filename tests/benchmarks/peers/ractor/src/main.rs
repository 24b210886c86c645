// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

//! The factory of ractor as a peer of the benchmarks: does what it is told on standard input, one
//! command a line, and answers each with one line: `ok`, or figures. Times are in nanoseconds.
//!
//! - `open ROUTER WORKERS`: a factory; `queuer`, `roundRobin`, `keyPersistent` or `stickyQueuer`
//! - `flood JOBS PRODUCERS KEYS`: the time from the first job given until all have run
//! - `trips ROUNDS thread|task`: one job in flight, median and 99th percentile
//! - `chain DEPTH JOBS`: as many jobs with so many waiting all the time; one worker
//! - `large JOBS BYTES OUTSTANDING`: as many jobs, each with a buffer that is handed on and back
//! - `memory JOBS`: the resident bytes of as many waiting jobs, together; one worker
//! - `close`

mod factory;
mod work;

use factory::Opened;
use std::io::{BufRead, Write};

fn number(words: &[&str], index: usize) -> Result<u64, String> {
    words
        .get(index)
        .and_then(|word| word.parse().ok())
        .ok_or_else(|| format!("no number where one is needed: {}", words.join(" ")))
}

fn obey(words: &[&str], opened: &mut Option<Opened>) -> Result<String, String> {
    let command = *words.first().ok_or("an empty line")?;
    if command == "open" {
        let router = words.get(1).ok_or("open: which router?")?;
        *opened = Some(Opened::new(router, number(words, 2)? as usize)?);
        return Ok("ok".into());
    }
    let factory = opened.as_mut().ok_or("no factory is open")?;
    match command {
        "flood" => {
            let time = factory.flood(number(words, 1)?, number(words, 2)?, number(words, 3)?);
            Ok(time.as_nanos().to_string())
        }
        "trips" => {
            let rounds = number(words, 1)? as usize;
            let mut times = match words.get(2) {
                Some(&"task") => factory.trips_from_task(rounds),
                _ => factory.trips_from_thread(rounds),
            };
            times.sort_unstable();
            Ok(format!(
                "{} {}",
                times[rounds / 2],
                times[rounds * 99 / 100]
            ))
        }
        "chain" => {
            let time = factory.chain(number(words, 1)?, number(words, 2)?);
            Ok(time.as_nanos().to_string())
        }
        "large" => {
            let bytes = number(words, 2)? as usize;
            let time = factory.large(number(words, 1)?, bytes, number(words, 3)? as usize);
            Ok(time.as_nanos().to_string())
        }
        "memory" => Ok(factory.memory(number(words, 1)?).to_string()),
        "close" => {
            *opened = None;
            Ok("ok".into())
        }
        _ => Err(format!("unknown command: {command}")),
    }
}

fn main() {
    let mut opened = None;
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let words: Vec<&str> = line.split_whitespace().collect();
        let answer = obey(&words, &mut opened).unwrap_or_else(|what| format!("error {what}"));
        println!("{answer}");
        let _ = std::io::stdout().flush();
    }
}
