// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include <Millwright/Version>

#include <QtCore/QDebug>

int main()
{
    qInfo() << "Millwright" << Millwright::version();
    return Millwright::version().isEmpty() ? 1 : 0;
}
