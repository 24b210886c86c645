// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

//! A factory and what is measured with it.

use crate::work::{give, BenchWorker, Builder, Factory, Shared, Work};
use ractor::factory::queues::DefaultQueue;
use ractor::factory::routing::{
    KeyPersistentRouting, QueuerRouting, RoundRobinRouting, Router, StickyQueuerRouting,
};
use ractor::factory::{self, FactoryArguments, FactoryMessage, WorkerBuilder};
use ractor::Actor;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

pub struct Opened {
    runtime: Runtime,
    factory: Factory,
    ended: Option<tokio::task::JoinHandle<()>>,
    shared: Arc<Shared>,
}

async fn spawn<R>(
    shared: &Arc<Shared>,
    router: R,
    workers: usize,
) -> Result<(Factory, tokio::task::JoinHandle<()>), ractor::SpawnErr>
where
    R: Router<u64, Work>,
{
    type Queue = DefaultQueue<u64, Work>;
    let builder = Box::new(Builder(shared.clone())) as Box<dyn WorkerBuilder<BenchWorker, ()>>;
    Actor::spawn(
        None,
        factory::Factory::<u64, Work, (), BenchWorker, R, Queue>::default(),
        FactoryArguments::builder()
            .num_initial_workers(workers)
            .queue(Queue::default())
            .router(router)
            .worker_builder(builder)
            .build(),
    )
    .await
}

/// The resident memory of this process.
fn resident() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<i64>().ok())
        .map_or(0, |kilobytes| kilobytes * 1024)
}

impl Opened {
    pub fn new(router: &str, workers: usize) -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        let shared = Arc::new(Shared::default());
        let spawned = runtime.block_on(async {
            match router {
                "queuer" => spawn(&shared, QueuerRouting::default(), workers).await,
                "roundRobin" => spawn(&shared, RoundRobinRouting::default(), workers).await,
                "keyPersistent" => spawn(&shared, KeyPersistentRouting::default(), workers).await,
                "stickyQueuer" => spawn(&shared, StickyQueuerRouting::default(), workers).await,
                _ => Err(ractor::SpawnErr::StartupFailed("unknown router".into())),
            }
        });
        let (factory, ended) = spawned.map_err(|error| error.to_string())?;
        Ok(Self {
            runtime,
            factory,
            ended: Some(ended),
            shared,
        })
    }

    pub fn flood(&mut self, jobs: u64, producers: u64, keys: u64) -> Duration {
        self.shared.expect(jobs);
        let give_some = |from: u64, to: u64| {
            for i in from..to {
                give(&self.factory, i % keys, Work::Count);
            }
        };
        if producers <= 1 {
            let start = Instant::now();
            give_some(0, jobs);
            self.shared.finished.acquire();
            return start.elapsed();
        }
        let ready = Barrier::new(producers as usize + 1);
        std::thread::scope(|scope| {
            for i in 0..producers {
                let (ready, give_some) = (&ready, &give_some);
                scope.spawn(move || {
                    ready.wait();
                    give_some(jobs * i / producers, jobs * (i + 1) / producers);
                });
            }
            ready.wait();
            let start = Instant::now();
            self.shared.finished.acquire();
            start.elapsed()
        })
    }

    pub fn trips_from_thread(&mut self, rounds: usize) -> Vec<u64> {
        self.shared.answers_task.store(false, Ordering::Relaxed);
        (0..rounds)
            .map(|_| {
                let start = Instant::now();
                give(&self.factory, 0, Work::Answer);
                self.shared.answered.acquire();
                start.elapsed().as_nanos() as u64
            })
            .collect()
    }

    pub fn trips_from_task(&mut self, rounds: usize) -> Vec<u64> {
        self.shared.answers_task.store(true, Ordering::Relaxed);
        let (factory, shared) = (self.factory.clone(), self.shared.clone());
        let task = self.runtime.spawn(async move {
            let mut times = Vec::with_capacity(rounds);
            for _ in 0..rounds {
                let start = Instant::now();
                give(&factory, 0, Work::Answer);
                shared.answered_task.notified().await;
                times.push(start.elapsed().as_nanos() as u64);
            }
            times
        });
        self.runtime.block_on(task).unwrap()
    }

    // The one worker has a job that it keeps until it is let go.
    fn hold(&self) {
        give(&self.factory, 0, Work::Hold);
        self.shared.held.acquire();
    }

    pub fn chain(&mut self, depth: u64, jobs: u64) -> Duration {
        self.shared.expect(depth + jobs + 1);
        self.shared.left.store(jobs as i64, Ordering::Relaxed);
        self.shared.next_key.store(depth, Ordering::Relaxed);
        self.hold();
        for i in 0..depth {
            give(&self.factory, i % 1000, Work::Chain);
        }
        self.settle();
        let start = Instant::now();
        self.shared.let_go.notify_waiters();
        while self.shared.done.load(Ordering::Relaxed) < jobs {
            std::thread::sleep(Duration::from_micros(200));
        }
        let time = start.elapsed();
        self.shared.finished.acquire();
        time
    }

    // Until the factory has taken in all that it was given.
    fn settle(&self) {
        let depth = self.factory.call(FactoryMessage::GetQueueDepth, None);
        let _ = self.runtime.block_on(depth);
    }

    pub fn large(&mut self, jobs: u64, bytes: usize, outstanding: usize) -> Duration {
        {
            let mut buffers = self.shared.buffers.lock().unwrap();
            buffers.clear();
            for _ in 0..outstanding {
                buffers.push(vec![1; bytes]);
                self.shared.returned.release();
            }
        }
        self.shared.expect(jobs);
        let start = Instant::now();
        for i in 0..jobs {
            self.shared.returned.acquire();
            let buffer = self.shared.buffers.lock().unwrap().pop().unwrap();
            give(&self.factory, i % 1000, Work::Buffer(buffer));
        }
        self.shared.finished.acquire();
        let time = start.elapsed();
        for _ in 0..outstanding {
            self.shared.returned.acquire();
        }
        time
    }

    pub fn memory(&mut self, jobs: u64) -> i64 {
        self.shared.expect(jobs + 1);
        self.hold();
        let before = resident();
        for i in 0..jobs {
            give(&self.factory, i % 1000, Work::Count);
        }
        self.settle();
        let bytes = resident() - before;
        self.shared.let_go.notify_waiters();
        self.shared.finished.acquire();
        bytes
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.factory.stop(None);
        if let Some(ended) = self.ended.take() {
            let _ = self.runtime.block_on(ended);
        }
    }
}
