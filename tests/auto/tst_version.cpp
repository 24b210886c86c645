// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include <Millwright/Version>

#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

class tst_Version : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isTheProjectVersion();
};

void tst_Version::isTheProjectVersion()
{
    QCOMPARE(Millwright::version(), u"1.0.0"_s);
}

QTEST_GUILESS_MAIN(tst_Version)
#include "tst_version.moc"
