// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "thumbnailimage.h"

#include <QtQuick/qquickwindow.h>
#include <QtQuick/qsgimagenode.h>

#include <algorithm>
#include <memory>

ThumbnailImage::ThumbnailImage(QQuickItem *parent) : QQuickItem(parent)
{
    setFlag(ItemHasContents);
}

ThumbnailImage::~ThumbnailImage() = default;

void ThumbnailImage::setImage(const QVariant &image)
{
    const auto newImage = image.value<QImage>();
    if (newImage.cacheKey() == m_image.cacheKey())
        return;
    m_image = newImage;
    m_isNew = true;
    update();
    Q_EMIT imageChanged();
}

QSGNode *ThumbnailImage::updatePaintNode(QSGNode *oldNode, UpdatePaintNodeData *)
{
    std::unique_ptr<QSGImageNode> node(static_cast<QSGImageNode *>(oldNode));
    if (m_image.isNull() || width() < 1 || height() < 1)
        return nullptr;

    if (!node) {
        node.reset(window()->createImageNode());
        node->setOwnsTexture(true);
        node->setFiltering(QSGTexture::Linear);
        m_isNew = true;
    }
    if (m_isNew) {
        node->setTexture(window()->createTextureFromImage(m_image));
        m_isNew = false;
    }
    QSizeF shown = m_image.size() / window()->effectiveDevicePixelRatio();
    if (shown.width() > width() || shown.height() > height())
        shown.scale(size(), Qt::KeepAspectRatio);
    // On whole pixels, so that what need not be scaled stays sharp.
    node->setRect(qRound((width() - shown.width()) / 2), qRound((height() - shown.height()) / 2),
                  std::max(1, qRound(shown.width())), std::max(1, qRound(shown.height())));
    return node.release();
}

void ThumbnailImage::geometryChange(const QRectF &newGeometry, const QRectF &oldGeometry)
{
    QQuickItem::geometryChange(newGeometry, oldGeometry);
    update();
}
