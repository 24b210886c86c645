// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

//! The jobs, and the worker that does them.

use ractor::factory::{FactoryMessage, Job, JobOptions, Worker, WorkerBuilder, WorkerId};
use ractor::{ActorProcessingErr, ActorRef};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};

/// What a job is to do.
#[derive(Debug)]
pub enum Work {
    /// Counts itself.
    Count,
    /// Answers who is waiting.
    Answer,
    /// Gives the next job, if there is one left to give.
    Chain,
    /// Hands its buffer back.
    Buffer(Vec<u8>),
    /// Keeps its worker until it is let go.
    Hold,
}

pub type Factory = ActorRef<FactoryMessage<u64, Work>>;

pub fn give(factory: &Factory, key: u64, msg: Work) {
    let job = Job {
        key,
        msg,
        options: JobOptions::default(),
        accepted: None,
    };
    if factory.cast(FactoryMessage::Dispatch(job)).is_err() {
        panic!("the factory is gone");
    }
}

/// A semaphore for threads.
#[derive(Default)]
pub struct Semaphore {
    count: Mutex<u64>,
    raised: Condvar,
}

impl Semaphore {
    pub fn release(&self) {
        *self.count.lock().unwrap() += 1;
        self.raised.notify_one();
    }

    pub fn acquire(&self) {
        let mut count = self.count.lock().unwrap();
        while *count == 0 {
            count = self.raised.wait(count).unwrap();
        }
        *count -= 1;
    }
}

/// What the workers share with those who give them jobs.
#[derive(Default)]
pub struct Shared {
    pub done: AtomicU64,
    pub all: AtomicU64,
    pub finished: Semaphore,
    pub answers_task: AtomicBool,
    pub answered: Semaphore,
    pub answered_task: tokio::sync::Notify,
    pub left: AtomicI64,
    pub next_key: AtomicU64,
    pub buffers: Mutex<Vec<Vec<u8>>>,
    pub returned: Semaphore,
    pub held: Semaphore,
    pub let_go: tokio::sync::Notify,
}

impl Shared {
    /// The next `all` jobs are counted.
    pub fn expect(&self, all: u64) {
        self.done.store(0, Ordering::Relaxed);
        self.all.store(all, Ordering::Release);
    }

    fn count(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if done == self.all.load(Ordering::Relaxed) {
            self.finished.release();
        }
    }
}

pub struct BenchWorker(Arc<Shared>);

impl Worker for BenchWorker {
    type Key = u64;
    type Message = Work;
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _: WorkerId, _: &Factory, _: ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }

    async fn handle(
        &self,
        _: WorkerId,
        factory: &Factory,
        job: Job<u64, Work>,
        _: &mut (),
    ) -> Result<u64, ActorProcessingErr> {
        let shared = &self.0;
        match job.msg {
            Work::Count => shared.count(),
            Work::Answer if shared.answers_task.load(Ordering::Relaxed) => {
                shared.answered_task.notify_one();
            }
            Work::Answer => shared.answered.release(),
            Work::Chain => {
                if shared.left.fetch_sub(1, Ordering::Relaxed) > 0 {
                    let key = shared.next_key.fetch_add(1, Ordering::Relaxed);
                    give(factory, key % 1000, Work::Chain);
                }
                shared.count();
            }
            Work::Buffer(mut buffer) => {
                if let Some(first) = buffer.first_mut() {
                    *first = first.wrapping_add(1);
                }
                shared.buffers.lock().unwrap().push(buffer);
                shared.returned.release();
                shared.count();
            }
            Work::Hold => {
                let let_go = shared.let_go.notified();
                shared.held.release();
                let_go.await;
                shared.count();
            }
        }
        Ok(job.key)
    }
}

pub struct Builder(pub Arc<Shared>);

impl WorkerBuilder<BenchWorker, ()> for Builder {
    fn build(&mut self, _: WorkerId) -> (BenchWorker, ()) {
        (BenchWorker(self.0.clone()), ())
    }
}
