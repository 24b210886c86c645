// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qvariant.h>
#include <QtGui/qimage.h>
#include <QtQuick/qquickitem.h>

//! Shows a QImage, as large as fits, in its proportions and never larger than it is.
class ThumbnailImage : public QQuickItem
{
    Q_OBJECT
    QML_ELEMENT
    //! The QImage. QML has no name for that type.
    Q_PROPERTY(QVariant image READ image WRITE setImage NOTIFY imageChanged FINAL)
    Q_PROPERTY(bool isNull READ isNull NOTIFY imageChanged FINAL)

public:
    explicit ThumbnailImage(QQuickItem *parent = nullptr);
    ~ThumbnailImage() override;

    [[nodiscard]] QVariant image() const { return m_image; }
    void setImage(const QVariant &image);
    [[nodiscard]] bool isNull() const { return m_image.isNull(); }

Q_SIGNALS:
    void imageChanged();

protected:
    QSGNode *updatePaintNode(QSGNode *oldNode, UpdatePaintNodeData *data) override;
    void geometryChange(const QRectF &newGeometry, const QRectF &oldGeometry) override;

private:
    QImage m_image;
    bool m_isNew = false; // the scene graph has not seen the image yet
};
