// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include <QtCore/qglobal.h>

namespace Millwright {

//! The links of something that can be in one `IntrusiveList` of its kind at a time.
template<typename T>
struct ListLink
{
    T *next = nullptr;
    T *previous = nullptr;
    bool linked = false;
};

//! A doubly linked list through links inside its members. O(1), allocates nothing, owns nothing.
template<typename T, ListLink<T> T::*Link>
class IntrusiveList
{
public:
    [[nodiscard]] bool isEmpty() const { return !m_first; }
    [[nodiscard]] T *first() const { return m_first; }
    [[nodiscard]] T *last() const { return m_last; }
    [[nodiscard]] static T *next(const T &item) { return (item.*Link).next; }
    [[nodiscard]] static bool contains(const T &item) { return (item.*Link).linked; }

    void append(T &item)
    {
        ListLink<T> &link = item.*Link;
        Q_ASSERT(!link.linked);
        link = {nullptr, m_last, true};
        (m_last ? (m_last->*Link).next : m_first) = &item;
        m_last = &item;
    }

    void prepend(T &item)
    {
        ListLink<T> &link = item.*Link;
        Q_ASSERT(!link.linked);
        link = {m_first, nullptr, true};
        (m_first ? (m_first->*Link).previous : m_last) = &item;
        m_first = &item;
    }

    //! Nothing happens when the item is not in the list.
    void remove(T &item)
    {
        ListLink<T> &link = item.*Link;
        if (!link.linked)
            return;
        (link.previous ? (link.previous->*Link).next : m_first) = link.next;
        (link.next ? (link.next->*Link).previous : m_last) = link.previous;
        link = {};
    }

private:
    T *m_first = nullptr;
    T *m_last = nullptr;
};

} // namespace Millwright
