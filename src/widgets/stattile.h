// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtWidgets/qwidget.h>

namespace Millwright {

//! A figure with its title, and below it what else there is to say about it; and a bar for how much of what there is room
//! for is taken.
class StatTile : public QWidget
{
    Q_OBJECT

public:
    enum Mood { Plain, Warning, Problem };

    explicit StatTile(const QString &title, QWidget *parent = nullptr);

    void show(const QString &value, const QString &suffix = {}, const QString &detail = {},
              Mood mood = Plain);
    //! How full the bar is, 0 to 1; negative, the default, for none.
    void setFill(double fill, Mood mood = Plain);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    [[nodiscard]] QFont valueFont() const;
    [[nodiscard]] int heightFor() const;

    const QString m_title;
    QString m_value;
    QString m_suffix;
    QString m_detail;
    Mood m_mood = Plain;
    double m_fill = -1;
    Mood m_fillMood = Plain;
};

} // namespace Millwright
