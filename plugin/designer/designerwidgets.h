// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtUiPlugin/QDesignerCustomWidgetCollectionInterface>

namespace Millwright {

//! The widgets of Millwright in the box of Qt Designer.
class DesignerWidgets : public QObject, public QDesignerCustomWidgetCollectionInterface
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QDesignerCustomWidgetCollectionInterface_iid)
    Q_INTERFACES(QDesignerCustomWidgetCollectionInterface)

public:
    explicit DesignerWidgets(QObject *parent = nullptr);
    ~DesignerWidgets() override;

    [[nodiscard]] QList<QDesignerCustomWidgetInterface *> customWidgets() const override
    {
        return m_widgets;
    }

private:
    QList<QDesignerCustomWidgetInterface *> m_widgets;
};

} // namespace Millwright
