// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

// Which worker gets a job. With stickyQueuer() the jobs of one key never overlap and keep their order,
// while different keys run side by side: no lock is needed for what belongs to a key.

#include <Millwright/Factory>

#include <QtCore>

using namespace Millwright;

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QTextStream out(stdout);

    std::array<QStringList, 3> said; // by speaker; each is touched by one worker at a time
    Factory speakers(
        {.name = "speakers", .workerCount = 3, .router = stickyQueuer()},
        [&said](Job<int, QString> &job) { said[std::size_t(job.key())].append(job.message()); });
    speakers.start();
    const QStringList words{"so", "much", "depends", "upon", "a", "red", "wheel", "barrow"};
    for (const QString &word : words) {
        for (int speaker = 0; speaker < 3; ++speaker)
            speakers.dispatch(speaker, word);
    }

    // keyPersistent() ties a key to a worker for good, so that what the worker has loaded for the key
    // is used again. A worker that is a class has members; here it counts the keys it has met.
    class Cache : public Worker<QString, int, bool>
    {
    public:
        bool process(Job &job) override // whether the key was known
        {
            const bool known = m_known.contains(job.key());
            m_known.insert(job.key());
            return known;
        }

    private:
        QSet<QString> m_known;
    };
    Factory<Cache> caches({.name = "caches", .workerCount = 4, .router = keyPersistent()});
    caches.start();
    int misses = 0;
    for (int round = 0; round < 5; ++round) {
        for (const QString &word : words)
            misses += caches.submit(word, 0).result() ? 0 : 1;
    }
    out << misses << " of " << 5 * words.size() << " lookups had to load something\n";

    // A word to all workers: each of them gets a copy.
    out << caches.broadcast("everywhere", 0).size() << " workers were told\n";

    speakers.drain();
    speakers.waitForStopped(std::chrono::seconds(5));
    for (const QStringList &speech : said) {
        if (speech != words)
            return 1;
    }
    out << "every word of a speaker was said in order\n";
    return 0;
}
