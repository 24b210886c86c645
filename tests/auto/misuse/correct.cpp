// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT
// Expected: nothing

#include <Millwright/Factory>
#include <Millwright/WorkerRegistry>

using namespace Millwright;

struct Doubler : Worker<int, int, int>
{
    int process(Job &job) override { return 2 * job.message(); }
};

Factory<Doubler> factory({.workerCount = 1});

// An abstract class, which only the builder knows how to make.
struct Shape : Worker<int, int, int>
{
    virtual int area() const = 0;
};

struct Square final : Shape
{
    explicit Square(int side) : m_side(side) {}
    int area() const override { return m_side * m_side; }
    int process(Job &job) override { return job.message() * area(); }

private:
    const int m_side;
};

Factory<Shape> shapes({.workerCount = 1}, workerBuilder<Square>(2));

// Converts from anything, also from its builder, which is no function for all that.
struct Converting : Worker<int, int, int>
{
    template<typename T>
    Converting(const T &)
    {
    }
    int process(Job &job) override { return job.message(); }
};

Factory<Converting> converting({.workerCount = 1}, workerBuilder<Converting>(1));

int increment(Job<int, int> &job)
{
    return job.message() + 1;
}

int quietly(Job<int, int> &job) noexcept
{
    return job.message() + 1;
}

struct Adder
{
    int operator()(Job<int, int> &job) const noexcept { return job.message() + summand; }
    int summand;
};

void functions(QObject *parent)
{
    const FactorySettings settings{.workerCount = 1};
    const std::function<int(Job<int, int> &)> wrapped = increment;
    const auto constant = [](Job<int, int> &job) { return job.message(); };

    Factory ofFunction({}, increment);
    Factory ofPointer(settings, &quietly, parent);
    Factory ofFunctor({.workerCount = 1}, Adder{2}, nullptr);
    Factory ofWrapped(settings, wrapped);
    Factory ofConstant(settings, constant, parent);
    Factory ofMutable({}, [n = 0](Job<int, int> &) mutable noexcept { return ++n; });
    Factory<FunctionWorker<std::function<int(Job<int, int> &)>>> ofConverted(settings, constant);
    static_assert(
        std::is_same_v<decltype(ofFunction), Factory<FunctionWorker<decltype(&increment)>>>);
    static_assert(std::is_same_v<decltype(ofConstant),
                                 Factory<FunctionWorker<std::decay_t<decltype(constant)>>>>);

    registerWorker("function", increment);
    registerWorker("functor", Adder{2});
    registerWorker("constant", constant);
    registerWorker<std::function<int(Job<int, int> &)>>("converted", constant);
    registerWorker<Doubler>("class");
    registerWorker<Square>("builder", workerBuilder<Square>(2));
    registerWorker<Shape>("abstract", workerBuilder<Square>(2));
    registerWorker<Converting>("converting", workerBuilder<Converting>(1));
}
