//! Hides the threads that run the model, so that inference neither blocks the async ones nor piles up.

use std::fmt;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::pool::queue::Queue;
use crate::{Error, Examples, Model, Runtime, Source, Verdict, tokens};

mod queue;

/// How many threads classify, and how long anyone waits for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolConfig {
    /// Threads, each with its own copy of the weights. One does tens of thousands of queries a second, so more are
    /// for machines with many cores and much traffic. Default 1.
    pub workers: NonZeroUsize,
    /// How many queries may wait, at most 16 KiB of text each; the next is refused. Default 1024.
    pub queue: NonZeroUsize,
    /// How long one query may take, waiting included. Default 100 ms.
    pub timeout: Duration,
}

impl Default for PoolConfig {
    fn default() -> Self {
        Self {
            workers: NonZeroUsize::MIN,
            queue: NonZeroUsize::MIN.saturating_add(1023),
            timeout: Duration::from_millis(100),
        }
    }
}

/// The classifier that a server asks: a model behind a bounded queue and threads of its own.
///
/// Dropping it tells those who still wait [`Error::Stopped`] and joins the threads, which takes as long as the query
/// that each is at.
pub struct Classifier {
    queue: Arc<Queue<Job>>,
    workers: Vec<JoinHandle<()>>,
    timeout: Duration,
    labels: Arc<[Arc<str>]>,
    /// Who is still learning.
    learner: Mutex<Option<JoinHandle<()>>>,
}

/// What is done with a text, and where the result goes.
enum Work {
    Classify(oneshot::Sender<Result<Verdict, Error>>),
    Embed(oneshot::Sender<Result<Option<Vec<f32>>, Error>>),
}

struct Job {
    text: String,
    work: Work,
}

// === impl Classifier ===

impl Classifier {
    /// Loads the model, once for each worker, teaches it the examples, once for all, and starts the threads.
    ///
    /// What was learned before is taken from the folder `cache`. Otherwise intents go by the middle of their examples,
    /// until a thread has learned them properly; see [`Classifier::settle`].
    ///
    /// # Errors
    ///
    /// Those of [`Model::load`] and [`Model::learn`], and [`Error::Thread`].
    pub fn start(
        runtime: &Runtime,
        source: &Source,
        config: &PoolConfig,
        examples: &Examples,
        cache: Option<&Path>,
    ) -> Result<Self, Error> {
        let mut model = Model::load(runtime, source)?;
        let lesson = model.begin(examples, cache)?;
        let mut classifier = Self::of(model, config)?;
        if let Some(lesson) = lesson {
            let learner = thread::Builder::new()
                .name("learn".to_owned())
                .spawn(move || lesson.learn())
                .map_err(Error::Thread)?;
            classifier.learner = Mutex::new(Some(learner));
        }
        Ok(classifier)
    }

    /// Waits until the examples are learned, after which the same query always gets the same verdict.
    pub fn settle(&self) {
        let mut learner = self.learner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(learner) = learner.take() {
            // One that died leaves the intents as they were.
            learner.join().ok();
        }
    }

    fn of(first: Model, config: &PoolConfig) -> Result<Self, Error> {
        let mut classifier = Self {
            queue: Arc::new(Queue::new(config.queue)),
            workers: Vec::with_capacity(config.workers.get()),
            timeout: config.timeout,
            labels: first.intents().into(),
            learner: Mutex::default(),
        };
        let mut models = vec![first];
        while models.len() < config.workers.get() {
            models.push(models[0].another()?);
        }
        for (number, model) in models.into_iter().enumerate() {
            let queue = Arc::clone(&classifier.queue);
            // An error here drops what was started so far, and with it the threads.
            let started = thread::Builder::new()
                .name(format!("classify-{number}"))
                .spawn(move || work(&queue, model))
                .map_err(Error::Thread)?;
            classifier.workers.push(started);
        }
        Ok(classifier)
    }

    /// What the text is about. Dropping the future takes the query out of the queue.
    ///
    /// Needs a tokio runtime with its timer on.
    ///
    /// # Errors
    ///
    /// Those of [`Model::classify`], and [`Error::Busy`], [`Error::Timeout`], [`Error::Panicked`] and
    /// [`Error::Stopped`]. After any of them the next query may well succeed.
    pub async fn classify(&self, text: String) -> Result<Verdict, Error> {
        let (reply, answer) = oneshot::channel();
        self.asked(text, Work::Classify(reply), answer).await
    }

    /// The text as a vector of length 1, so that the dot product of two is how alike they are; `None` if the
    /// text holds no words or the model gives no vectors. It waits its turn as [`Classifier::classify`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Classifier::classify`].
    pub async fn embed(&self, text: String) -> Result<Option<Vec<f32>>, Error> {
        let (reply, answer) = oneshot::channel();
        self.asked(text, Work::Embed(reply), answer).await
    }

    async fn asked<T>(
        &self,
        text: String,
        work: Work,
        answer: oneshot::Receiver<Result<T, Error>>,
    ) -> Result<T, Error> {
        let job = Job {
            text: tokens::bounded(text),
            work,
        };
        self.queue.push(job, |waiting| waiting.work.is_closed())?;
        match timeout(self.timeout, answer).await {
            Ok(Ok(given)) => given,
            Ok(Err(_)) => Err(Error::Stopped),
            Err(_) => Err(Error::Timeout {
                after: self.timeout,
            }),
        }
    }

    /// The intents it knows: the model's own, and those of the examples.
    pub fn labels(&self) -> &[Arc<str>] {
        &self.labels
    }
}

impl Drop for Classifier {
    fn drop(&mut self) {
        self.queue.close();
        for worker in self.workers.drain(..) {
            // A worker catches its panics; if one died all the same there is nobody left to tell.
            worker.join().ok();
        }
    }
}

impl fmt::Debug for Classifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Classifier")
            .field("workers", &self.workers.len())
            .field("timeout", &self.timeout)
            .field("labels", &self.labels)
            .finish_non_exhaustive()
    }
}

// === impl Work ===

impl Work {
    /// Whether nobody waits for it any more.
    fn is_closed(&self) -> bool {
        match self {
            Self::Classify(reply) => reply.is_closed(),
            Self::Embed(reply) => reply.is_closed(),
        }
    }

    /// Does it, and says whether the model panicked.
    fn done(self, model: &mut Model, text: &str) -> bool {
        match self {
            Self::Classify(reply) => answered(reply, || model.classify(text)),
            Self::Embed(reply) => answered(reply, || model.embed(text)),
        }
    }
}

fn answered<T>(
    reply: oneshot::Sender<Result<T, Error>>,
    run: impl FnOnce() -> Result<T, Error>,
) -> bool {
    let given = catch_unwind(AssertUnwindSafe(run));
    let panicked = given.is_err();
    reply.send(given.unwrap_or(Err(Error::Panicked))).ok();
    panicked
}

/// One thread's life: jobs until the queue closes.
fn work(queue: &Queue<Job>, mut model: Model) {
    while let Some(Job { text, work }) = queue.next() {
        if work.is_closed() {
            continue;
        }
        // A model left in mid-run by a panic is not used again, unless no other can be had: it overwrites all that
        // it keeps between runs.
        if work.done(&mut model, &text) {
            if let Ok(Ok(fresh)) = catch_unwind(AssertUnwindSafe(|| model.another())) {
                model = fresh;
            } else {
                tracing::error!("the model could not be loaded afresh after a panic");
            }
        }
    }
}

#[cfg(test)]
mod tests;
