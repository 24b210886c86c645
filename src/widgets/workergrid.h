// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "chartwidget.h"

namespace Millwright {

//! The workers of a factory as cells, some or thousands of them: a color and a sign for what each is doing, and the
//! stronger the color, the longer it has been at its job. The items are the workers, in the order of their ids.
class MILLWRIGHT_WIDGETS_EXPORT WorkerGrid : public ChartWidget
{
    Q_OBJECT

public:
    explicit WorkerGrid(QWidget *parent = nullptr);
    ~WorkerGrid() override;

    //! The id of the hovered worker, -1 for none.
    [[nodiscard]] int hoveredWorker() const;

Q_SIGNALS:
    //! A worker was clicked, or chosen with the Return or Enter key.
    void workerActivated(int worker);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;

private:
    void activate(int index);
};

} // namespace Millwright
