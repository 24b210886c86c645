// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "support/expectations.h"

#include <QtUiPlugin/QDesignerCustomWidgetCollectionInterface>

#include <QPluginLoader>
#include <QTest>
#include <QWidget>

using namespace Qt::StringLiterals;

// What Qt Designer finds in the plugin.
class tst_Designer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Support::failOnAnyWarning(); }

    void UI_6_designerHasTheWidgets();
};

void tst_Designer::UI_6_designerHasTheWidgets()
{
    QPluginLoader loader(QStringLiteral(DESIGNER_PLUGIN));
    auto *collection = qobject_cast<QDesignerCustomWidgetCollectionInterface *>(loader.instance());
    QVERIFY2(collection, qPrintable(loader.errorString()));
    QStringList names;
    for (QDesignerCustomWidgetInterface *description : collection->customWidgets()) {
        names.append(description->name());
        const std::unique_ptr<QWidget> widget(description->createWidget(nullptr));
        QCOMPARE(QString::fromLatin1(widget->metaObject()->className()), description->name());
        QVERIFY(!description->toolTip().isEmpty());
        QVERIFY(description->includeFile().startsWith(u"<Millwright/"_s));
    }
    QCOMPARE(names, (QStringList{u"Millwright::FactoryDashboardWidget"_s,
                                 u"Millwright::TimeChart"_s, u"Millwright::LatencyHistogram"_s,
                                 u"Millwright::WorkerGrid"_s, u"Millwright::WorkerTimeline"_s}));
}

QTEST_MAIN(tst_Designer)
#include "tst_designer.moc"
