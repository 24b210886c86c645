// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "designerwidgets.h"

#include <Millwright/FactoryDashboardWidget>
#include <Millwright/LatencyHistogram>
#include <Millwright/TimeChart>
#include <Millwright/WorkerGrid>
#include <Millwright/WorkerTimeline>

#include <QtGui/qicon.h>

namespace Millwright {

namespace {

//! What Designer has to know of a widget.
template<typename Widget>
class Description final : public QDesignerCustomWidgetInterface
{
public:
    Description(const QString &name, const QString &text) : m_name(name), m_text(text) {}

    [[nodiscard]] QString name() const override { return QStringLiteral("Millwright::") + m_name; }
    [[nodiscard]] QString group() const override { return QStringLiteral("Millwright"); }
    [[nodiscard]] QString toolTip() const override { return m_text; }
    [[nodiscard]] QString whatsThis() const override { return m_text; }
    [[nodiscard]] QString includeFile() const override
    {
        return QStringLiteral("<Millwright/%1>").arg(m_name);
    }
    [[nodiscard]] QIcon icon() const override { return {}; }
    [[nodiscard]] bool isContainer() const override { return false; }
    [[nodiscard]] QWidget *createWidget(QWidget *parent) override { return new Widget(parent); }

private:
    const QString m_name;
    const QString m_text;
};

} // namespace

DesignerWidgets::DesignerWidgets(QObject *parent)
    : QObject(parent)
    , m_widgets{
          new Description<FactoryDashboardWidget>(QStringLiteral("FactoryDashboardWidget"),
                                                  tr("All there is to see of a factory")),
          new Description<TimeChart>(QStringLiteral("TimeChart"),
                                     tr("A factory over the last minutes")),
          new Description<LatencyHistogram>(QStringLiteral("LatencyHistogram"),
                                            tr("How long its jobs took")),
          new Description<WorkerGrid>(QStringLiteral("WorkerGrid"), tr("Its workers at a glance")),
          new Description<WorkerTimeline>(QStringLiteral("WorkerTimeline"),
                                          tr("Who ran what when")),
      }
{
}

DesignerWidgets::~DesignerWidgets()
{
    qDeleteAll(m_widgets);
}

} // namespace Millwright
