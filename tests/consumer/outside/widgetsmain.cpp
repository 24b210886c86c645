// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include <Millwright/Factory>
#include <Millwright/FactoryDashboardWidget>

#include <QtWidgets/QApplication>

int main(int argc, char *argv[])
{
    const QApplication application(argc, argv);
    Millwright::Factory factory({}, [](Millwright::Job<int, int> &job) { return job.key(); });
    Millwright::FactoryDashboardWidget dashboard(&factory);
    dashboard.show();
    return dashboard.factory() == &factory ? 0 : 1;
}
