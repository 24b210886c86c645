// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtWidgets/qwidget.h>

#include <functional>

namespace Millwright {

//! Asks before something is done that cannot be undone.
class Confirmation : public QObject
{
public:
    explicit Confirmation(QWidget *dashboard) : QObject(dashboard), m_dashboard(dashboard) {}

    //! Otherwise everything is done at once.
    void setAsking(bool asking) { m_isAsking = asking; }
    [[nodiscard]] bool isAsking() const { return m_isAsking; }

    //! Shows a dialog, without waiting for it; the deed is done once it is accepted.
    void ask(const QString &title, const QString &question, std::function<void()> deed);

private:
    QWidget *const m_dashboard;
    bool m_isAsking = true;
};

} // namespace Millwright
