// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "chartwidget.h"

namespace Millwright {

//! Who ran what when: a lane for each worker, over the last `FactoryMonitor::timelineSpan()` seconds, which has to be set
//! for it. The items are the jobs; of those that take less than a millisecond, several together. The wheel and the keys
//! scroll where there are more lanes than room.
class MILLWRIGHT_WIDGETS_EXPORT WorkerTimeline : public ChartWidget
{
    Q_OBJECT
    Q_PROPERTY(int firstLane READ firstLane WRITE setFirstLane NOTIFY firstLaneChanged FINAL)

public:
    explicit WorkerTimeline(QWidget *parent = nullptr);
    ~WorkerTimeline() override;

    //! The lane at the top: 0, the default, to as many as there are more lanes than room.
    [[nodiscard]] int firstLane() const;
    void setFirstLane(int lane);

Q_SIGNALS:
    void firstLaneChanged();

protected:
    void showItem(int index) override;
    void wheelEvent(QWheelEvent *event) override;

private:
    int m_wheel = 0; // what has not yet come to a whole lane, in eighths of a degree
};

} // namespace Millwright
