// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#include "tablepart.h"

#include "../charts/charttheme.h"

#include <QtCore/qcoreevent.h>
#include <QtGui/qpainter.h>
#include <QtWidgets/qapplication.h>
#include <QtWidgets/qboxlayout.h>
#include <QtWidgets/qheaderview.h>
#include <QtWidgets/qlabel.h>
#include <QtWidgets/qlineedit.h>
#include <QtWidgets/qstyleditemdelegate.h>
#include <QtWidgets/qtableview.h>
#include <QtWidgets/qtoolbutton.h>

#include <algorithm>
#include <utility>

namespace Millwright {

namespace {

//! Keeps a number at the right of its column apart from a text at the left of the next.
class CellDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override
    {
        constexpr int Padding = 6;

        QStyleOptionViewItem cell(option);
        initStyleOption(&cell, index);
        const QStyle *style = option.widget ? option.widget->style() : QApplication::style();
        style->drawPrimitive(QStyle::PE_PanelItemViewItem, &cell, painter, option.widget);
        cell = option;
        const bool isMirrored = option.direction == Qt::RightToLeft;
        cell.rect.adjust(isMirrored ? Padding : 0, 0, isMirrored ? 0 : -Padding, 0);
        QStyledItemDelegate::paint(painter, cell, index);
    }
};

} // namespace

TablePart::TablePart(QAbstractItemModel *list, const QList<ColumnModel::Column> &columns,
                     int stretched, QWidget *parent)
    : QWidget(parent)
    , m_layout(columns)
    , m_columns(new ColumnModel(list, columns, this))
    , m_filter(new TextFilter(this))
    , m_bar(new QBoxLayout(QBoxLayout::LeftToRight))
    , m_buttons(new QHBoxLayout)
    , m_view(new QTableView(this))
    , m_footnote(new QLabel(this))
{
    m_filter->setSourceModel(m_columns);
    m_view->setModel(m_filter);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setItemDelegate(new CellDelegate(this));
    m_view->setShowGrid(false);
    m_view->setAlternatingRowColors(true);
    m_view->setWordWrap(false);
    m_view->setTabKeyNavigation(false);
    m_view->setMinimumHeight(fontMetrics().height() * 7);
    m_view->setTextElideMode(Qt::ElideMiddle); // keys are told apart by their ends
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_view->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
    QHeaderView *header = m_view->horizontalHeader();
    header->setHighlightSections(false);
    header->setMinimumSectionSize(fontMetrics().averageCharWidth() * 5);
    for (int column = 0; column < columns.size(); ++column) {
        header->setSectionResizeMode(column, column == stretched ? QHeaderView::Stretch
                                                                 : QHeaderView::Interactive);
        m_view->setColumnWidth(column, widthOf(column));
    }
    m_buttons->addStretch(1);
    m_bar->addLayout(m_buttons);
    m_view->viewport()->installEventFilter(this);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(m_bar);
    layout->addWidget(m_view, 1);
    layout->addWidget(m_footnote);
    m_footnote->setObjectName(QStringLiteral("footnote"));
    m_footnote->hide();
    setFocusProxy(m_view);
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &TablePart::updateButtons);
    connect(m_filter, &TextFilter::countChanged, this, &TablePart::updateButtons);
    connect(m_filter, &QAbstractItemModel::dataChanged, this, &TablePart::updateButtons);
    connect(m_filter, &TextFilter::countChanged, m_view->viewport(), qOverload<>(&QWidget::update));
    m_columns->setProblemColor(ChartTheme::of(palette(), font()).problem);
}

void TablePart::addSearch(const QString &placeholder)
{
    m_search = new QLineEdit;
    m_search->setObjectName(QStringLiteral("search"));
    m_search->setPlaceholderText(placeholder);
    m_search->setAccessibleName(placeholder);
    m_search->setClearButtonEnabled(true);
    m_bar->insertWidget(0, m_search, 1);
    chain(m_search);
    connect(m_search, &QLineEdit::textChanged, m_filter, &TextFilter::setText);
}

QToolButton *TablePart::addButton(const QString &name, const QString &text)
{
    auto *button = new QToolButton;
    button->setText(text);
    button->setObjectName(name);
    button->setFocusPolicy(Qt::StrongFocus);
    m_buttons->addWidget(button);
    chain(button);
    return button;
}

// What stands above the table comes before it.
void TablePart::chain(QWidget *widget)
{
    if (QWidget *before = std::exchange(m_lastInBar, widget))
        setTabOrder(before, widget);
    setTabOrder(widget, m_view);
}

void TablePart::enableOnRows(QToolButton *button, const Condition &isMeant)
{
    m_onRows.append({button, isMeant});
    updateButtons();
}

void TablePart::setName(const QString &name)
{
    m_view->setAccessibleName(name);
}

void TablePart::setEmptyText(const QString &text)
{
    if (text == m_emptyText)
        return;
    m_emptyText = text;
    m_view->viewport()->update();
}

void TablePart::setFootnote(const QString &text)
{
    m_footnote->setText(text);
    m_footnote->setVisible(!text.isEmpty());
}

QString TablePart::searchText() const
{
    return m_search ? m_search->text() : QString();
}

QList<QModelIndex> TablePart::selected() const
{
    return m_view->selectionModel()->selectedRows();
}

QList<quint64> TablePart::selectedIds(int role) const
{
    QList<quint64> ids;
    const QList<QModelIndex> rows = selected();
    for (const QModelIndex &row : rows)
        ids.append(row.data(role).toULongLong());
    return ids;
}

void TablePart::select(int role, const QVariant &value)
{
    for (int row = 0; row < m_filter->rowCount(); ++row) {
        if (m_filter->index(row, 0).data(role) == value) {
            m_view->selectRow(row);
            m_view->scrollTo(m_filter->index(row, 0));
            return;
        }
    }
}

void TablePart::enableOnSelection(QToolButton *button, const Condition &isMeant)
{
    m_onSelection.append({button, isMeant});
    updateButtons();
}

void TablePart::updateButtons()
{
    const QModelIndexList rows = m_view->selectionModel()->selectedRows();
    for (const auto &[button, isMeant] : std::as_const(m_onSelection))
        button->setEnabled(std::any_of(rows.begin(), rows.end(), isMeant));
    for (const auto &[button, isMeant] : std::as_const(m_onRows)) {
        bool isAnyMeant = false;
        for (int row = 0; row < m_filter->rowCount() && !isAnyMeant; ++row)
            isAnyMeant = isMeant(m_filter->index(row, 0));
        button->setEnabled(isAnyMeant);
    }
}

int TablePart::widthOf(int column) const
{
    return fontMetrics().averageCharWidth() * m_layout.at(column).width + 16;
}

void TablePart::resizeEvent(QResizeEvent *)
{
    const bool isNarrow = width() < fontMetrics().averageCharWidth() * 60;
    m_bar->setDirection(isNarrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    int needed = 0;
    for (int column = 0; column < m_layout.size(); ++column) {
        needed += widthOf(column);
        m_view->setColumnHidden(column, column > 1 && needed > width());
    }
}

void TablePart::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        m_columns->setProblemColor(ChartTheme::of(palette(), font()).problem);
}

bool TablePart::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_view->viewport() && event->type() == QEvent::Paint
        && m_filter->rowCount() == 0) {
        QPainter painter(m_view->viewport());
        painter.setPen(ChartTheme::of(palette(), font()).mutedText);
        painter.drawText(m_view->viewport()->rect().adjusted(8, 8, -8, -8),
                         Qt::AlignTop | Qt::AlignHCenter | Qt::TextWordWrap, m_emptyText);
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace Millwright
