// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

#pragma once

#include "../millwright_global.h"

#include <QtCore/qglobal.h>

#include <cstddef>

namespace Millwright {

//! Where slabs come from: pieces of memory of one size, which is their alignment, too.
//!
//! The first are allocated one by one. Where many are in use, further ones are cut from areas of 2 MB, and
//! the system is asked to have one huge page for each: a backlog of a million jobs lies on 64 pages then
//! instead of 32,000, and the processor knows where they are. Where more is unused than used, because the
//! backlog was worked off or because a few jobs have outlived many, what is unused goes back to the system.
//! Only on Linux; elsewhere all are allocated one by one.
//!
//! Belongs to one thread at a time.
class MILLWRIGHT_CORE_EXPORT SlabSpace
{
public:
    static constexpr std::size_t SlabSize = 32 * 1024;
    //! Of the one by one: so that small backlogs do not take memory by the area.
    static constexpr int MostSingle = 64;
    static constexpr int SlabsPerArea = 64;
    //! As many as are used may be unused, and these: 4 MB.
    static constexpr int MostIdle = 2 * SlabsPerArea;

    class Area;
    struct Piece
    {
        void *memory = nullptr;
        Area *area = nullptr; //!< none for one of its own
    };

    SlabSpace() = default;
    //! All pieces have been given back.
    ~SlabSpace();
    Q_DISABLE_COPY_MOVE(SlabSpace)

    //! Throws `std::bad_alloc`.
    [[nodiscard]] Piece take();
    void give(Piece piece) noexcept;

private:
    Piece takeFrom(Area &area) noexcept;
    void giveBackIdle() noexcept;
    void link(Area &area) noexcept;
    void unlink(Area &area) noexcept;

    int m_single = 0;
    int m_used = 0; // slabs of areas
    int m_idle = 0; // slabs of areas that are unused and may have memory
    Area *m_withRoom = nullptr;
};

} // namespace Millwright
