// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"

#include <Millwright/Factory>

#include <QTest>

using namespace Millwright;
using namespace Qt::StringLiterals;
using Support::hasEnded;

namespace {

enum class Color { Red, Green };

struct Place
{
    int x;
    int y;
    bool operator==(const Place &) const = default;
};

struct Street
{
    std::string name;
    bool operator==(const Street &) const = default;
};

size_t qHash(const Place &place, size_t seed = 0)
{
    return qHashMulti(seed, place.x, place.y);
}

QDebug operator<<(QDebug debug, const Place &place)
{
    return debug << place.x << u"/"_s << place.y;
}

struct NoDefault
{
    explicit NoDefault(int v) : value(v) {}
    int value;
};

struct Doubler : Worker<int, int, int>
{
    int process(Job &job) override { return 2 * job.message(); }
};

struct Greeter : Worker<QString, int, QString>
{
    explicit Greeter(const WorkerContext &context) : m_context(context) {}
    QString process(Job &job) override
    {
        return u"%1 %2 %3 %4 %5"_s.arg(job.key(), m_context.factoryName)
            .arg(m_context.id)
            .arg(workerId())
            .arg(factoryName());
    }

private:
    WorkerContext m_context;
};

struct Scaler : Worker<int, int, QString>
{
    Scaler(int factor, const QString &unit) : m_factor(factor), m_unit(unit) {}
    QString process(Job &job) override
    {
        return QString::number(m_factor * job.message()) + m_unit;
    }

private:
    const int m_factor;
    const QString m_unit;
};

int freeFunction(Job<int, int> &job)
{
    return job.message() + 1;
}

//! The result of one job.
template<typename F>
typename F::Result once(F &factory, typename F::Key key, typename F::Message message)
{
    factory.start();
    auto future = factory.submit(std::move(key), std::move(message));
    if (!hasEnded(future))
        qFatal("The job did not end.");
    return future.takeResult();
}

} // namespace

template<>
struct std::hash<Street>
{
    std::size_t operator()(const Street &street) const
    {
        return std::hash<std::string>()(street.name);
    }
};

class tst_TypedApi : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void POOL_1_workerClassWithDefaultConstructor();
    void POOL_1_workerClassThatTakesItsContext();
    void POOL_1_builderWithArguments();
    void POOL_1_builderFunction();
    void POOL_1_workerFunctions();
    void POOL_1_eachWorkerHasItsOwnCopyOfALambda();
    void POOL_1_builderArgumentsAreCopiedForEachWorker();
    void JOB_6_keysOfManyTypes();
    void JOB_6_equalKeysHaveEqualHashes();
    void JOB_4_resultMayBeVoid();
    void JOB_4_resultNeedsNoDefaultConstructor();
    void JOB_4_exceptionSafeVoidResult();
    void QT_factoryIsAChildAndAProperty();
};

void tst_TypedApi::POOL_1_workerClassWithDefaultConstructor()
{
    Factory<Doubler> factory({.workerCount = 1});
    QCOMPARE(once(factory, 1, 21), 42);
    static_assert(std::is_same_v<decltype(factory)::WorkerType, Doubler>);
    static_assert(std::is_same_v<decltype(factory)::Result, int>);
}

void tst_TypedApi::POOL_1_workerClassThatTakesItsContext()
{
    Factory<Greeter> factory({.name = u"hall"_s, .workerCount = 1});
    QCOMPARE(once(factory, u"hello"_s, 1), u"hello hall 0 0 hall"_s);
}

void tst_TypedApi::POOL_1_builderWithArguments()
{
    Factory<Scaler> factory({.workerCount = 1}, workerBuilder<Scaler>(3, u" mm"_s));
    QCOMPARE(once(factory, 1, 5), u"15 mm"_s);
}

void tst_TypedApi::POOL_1_builderFunction()
{
    Factory<Scaler> factory({.workerCount = 1}, [](const WorkerContext &context) {
        return std::make_unique<Scaler>(10 + context.id, context.factoryName);
    });
    QCOMPARE(once(factory, 1, 5), u"50"_s);
}

void tst_TypedApi::POOL_1_workerFunctions()
{
    Factory plain({.workerCount = 1}, freeFunction);
    QCOMPARE(once(plain, 1, 1), 2);
    Factory lambda({.workerCount = 1}, [](Job<QString, int> &job) { return job.key().size(); });
    QCOMPARE(once(lambda, u"abc"_s, 1), 3);
    Factory quiet({.workerCount = 1}, [](Job<int, int> &job) noexcept { return job.key(); });
    QCOMPARE(once(quiet, 9, 1), 9);
    Factory mutating({.workerCount = 1}, [n = 0](Job<int, int> &) mutable noexcept { return ++n; });
    QCOMPARE(once(mutating, 9, 1), 1);
    const std::function<int(Job<int, int> &)> function = freeFunction;
    Factory wrapped({.workerCount = 1}, function);
    QCOMPARE(once(wrapped, 9, 1), 2);
    QObject parent;
    auto *child = new Factory({.workerCount = 1}, freeFunction, &parent);
    QCOMPARE(child->parent(), &parent);
}

void tst_TypedApi::POOL_1_eachWorkerHasItsOwnCopyOfALambda()
{
    // Unsynchronised state, which is sound because nobody shares it.
    Factory factory({.workerCount = 3}, [count = 0](Job<int, int> &) mutable { return ++count; });
    QVERIFY(factory.start());
    std::vector<QFuture<int>> futures;
    for (int i = 0; i < 300; ++i)
        futures.push_back(factory.submit(i, 0));
    QVERIFY(hasEnded(factory.drain()));
    int last = 0;
    std::vector<int> seen(301);
    for (const QFuture<int> &future : futures) {
        QVERIFY(hasEnded(future));
        ++seen[std::size_t(future.result())];
        last = std::max(last, future.result());
    }
    // The counts of each worker go from 1 without a gap.
    QVERIFY(seen[1] <= 3);
    for (int i = 2; i <= last; ++i)
        QVERIFY(seen[std::size_t(i)] <= seen[std::size_t(i - 1)]);
}

void tst_TypedApi::POOL_1_builderArgumentsAreCopiedForEachWorker()
{
    struct Appender : Worker<int, int, qsizetype>
    {
        explicit Appender(const std::vector<int> &list) : m_list(list) {}
        qsizetype process(Job &job) override
        {
            m_list.push_back(job.message());
            return qsizetype(m_list.size());
        }
        std::vector<int> m_list;
    };
    std::vector<int> list{1, 2, 3};
    Factory<Appender> factory({.workerCount = 1}, workerBuilder<Appender>(list));
    list.clear();
    QCOMPARE(once(factory, 1, 4), 4);
}

void tst_TypedApi::JOB_6_keysOfManyTypes()
{
    const auto text = [](auto &job) { return job.keyText(); };
    Factory enums({.workerCount = 1}, [text](Job<Color, int> &job) { return text(job); });
    once(enums, Color::Green, 0); // has no text that anyone has asked for
    Factory strings({.workerCount = 1}, [text](Job<std::string, int> &job) { return text(job); });
    QCOMPARE(once(strings, std::string("käse"), 0), u"käse"_s);
    Factory places({.workerCount = 1}, [text](Job<Place, int> &job) { return text(job); });
    QCOMPARE(once(places, Place{3, 4}, 0), u"3/4"_s);
    Factory streets({.workerCount = 1}, [](Job<Street, int> &job) { return job.key().name; });
    QCOMPARE(once(streets, Street{"Elm"}, 0), std::string("Elm"));
    Factory bytes({.workerCount = 1}, [text](Job<QByteArray, int> &job) { return text(job); });
    QCOMPARE(once(bytes, "raw"_ba, 0), u"raw"_s);
    Factory bools({.workerCount = 1}, [text](Job<bool, int> &job) { return text(job); });
    QCOMPARE(once(bools, true, 0), u"true"_s);
    Factory pairs({.workerCount = 1},
                  [](Job<std::pair<int, int>, int> &job) { return job.key().second; });
    QCOMPARE(once(pairs, std::pair(1, 2), 0), 2);
    Factory pointers({.workerCount = 1},
                     [](Job<const void *, int> &job) { return job.key() == nullptr; });
    QCOMPARE(once(pointers, nullptr, 0), true);
}

void tst_TypedApi::JOB_6_equalKeysHaveEqualHashes()
{
    std::vector<quint64> hashes;
    Factory factory({.workerCount = 1},
                    [&](Job<std::string, int> &job) { hashes.push_back(job.keyHash()); });
    QVERIFY(factory.start());
    for (const char *key : {"a", "b", "a"})
        factory.dispatch(key, 0);
    QVERIFY(hasEnded(factory.drain()));
    QCOMPARE(hashes[0], hashes[2]);
    QVERIFY(hashes[0] != hashes[1]);
}

void tst_TypedApi::JOB_4_resultMayBeVoid()
{
    std::atomic<int> seen = 0;
    Factory factory({.workerCount = 1}, [&](Job<int, int> &job) { seen = job.message(); });
    QVERIFY(factory.start());
    QFuture<void> future = factory.submit(1, 42);
    QVERIFY(hasEnded(future));
    QVERIFY(!future.isCanceled());
    QCOMPARE(seen, 42);
}

void tst_TypedApi::JOB_4_resultNeedsNoDefaultConstructor()
{
    Factory factory({.workerCount = 1}, [](Job<int, NoDefault> &job) { return job.takeMessage(); });
    QCOMPARE(once(factory, 1, NoDefault(6)).value, 6);
}

void tst_TypedApi::JOB_4_exceptionSafeVoidResult()
{
    Factory factory({.workerCount = 1, .onFailure = OnFailure::KeepWorker},
                    [](Job<int, bool> &job) {
                        if (job.message())
                            throw JobError(u"no"_s);
                    });
    QVERIFY(factory.start());
    QFuture<void> bad = factory.submit(1, true);
    QFuture<void> good = factory.submit(1, false);
    QVERIFY(hasEnded(good) && hasEnded(bad));
    QVERIFY(Support::errorAs<JobError>(bad));
    QVERIFY(!Support::errorOf(good));
}

void tst_TypedApi::QT_factoryIsAChildAndAProperty()
{
    QObject parent;
    FactoryBase *base = new Factory<Doubler>({.name = u"named"_s, .workerCount = 2}, &parent);
    QCOMPARE(base->property("name"), u"named"_s);
    QCOMPARE(base->property("workerCount"), 2);
    QVERIFY(base->setProperty("workerCount", 3));
    QCOMPARE(base->workerCount(), 3);
    bool started = false;
    QVERIFY(QMetaObject::invokeMethod(base, "start", Q_RETURN_ARG(bool, started)));
    QVERIFY(started);
}

QTEST_GUILESS_MAIN(tst_TypedApi)

#include "tst_typedapi.moc"
