// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import Millwright
import "dashboard"

/*!
    Shows what goes on in a factory, or in several: how it is, its queue, its workers and their jobs, throughput and
    latencies, failures and their reasons; and lets one do something about it.

    \qml
    FactoryDashboard { anchors.fill: parent; factory: thumbnails }
    \endqml

    It follows the palette and the font of the application, is laid out from right to left where the application is, and
    needs a width of 320 pixels. It looks at the factory only while it can be seen, and costs nothing otherwise.
*/
Item {
    id: dashboard

    //! The factory to show, from C++ or from QML. None by default.
    property FactoryBase factory: null
    //! Several to choose from, an array. The first is shown at the start, unless `factory` says another one.
    property var factories: []
    //! The one that is shown: what was chosen last, by `factory` or by the user.
    readonly property alias currentFactory: factoryMonitor.factory
    //! Whether it only shows, and has no buttons to pause, stop, cancel and so on.
    property alias readOnly: page.readOnly
    //! What it lets one do unless it is read-only, a sum of `DashboardAction`; for the rest it has no buttons.
    property alias actions: page.actions
    //! What it asks about before it does it, a sum of `DashboardAction`: by default, whatever cannot be undone.
    property alias confirmedActions: page.confirmedActions
    //! Milliseconds between two looks at the factory while something changes.
    property alias interval: factoryMonitor.interval
    //! How far back the charts reach. Seconds.
    property alias historySpan: factoryMonitor.historySpan
    //! Whether everything stays as it is, to be looked at in peace.
    property alias frozen: factoryMonitor.frozen
    //! The part that is to be shown: "charts" (the default), "workers", "jobs", "deadLetters", "events" or "controls".
    //! Follows the user. The first one stands in for a part that is not shown: for the charts, where they are beside the
    //! others, and for the controls, where none are allowed.
    property alias part: page.part

    implicitWidth: 720
    implicitHeight: 560

    LayoutMirroring.enabled: DashboardTexts.rightToLeft
    LayoutMirroring.childrenInherit: true

    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Factory dashboard")

    // A single one will do for several.
    function listOf(given: var): var {
        return given?.length !== undefined ? given : given ? [given] : [];
    }
    // The one to show; without a better one the first that was not destroyed meanwhile.
    function pick(chosen: FactoryBase, given: FactoryBase, all: var, losses: int): FactoryBase {
        if (chosen !== null || given !== null)
            return chosen !== null ? chosen : given;
        for (let i = 0; i < all.length; ++i) {
            if (all[i]?.name !== undefined) // what was destroyed is no null, but has nothing
                return all[i];
        }
        return null;
    }

    onFactoryChanged: choice.factory = null
    onFactoriesChanged: {
        choice.all = listOf(factories);
        if (Array.from(choice.all).indexOf(choice.factory) < 0)
            choice.factory = null;
    }

    // What the user has chosen, beside what the application has bound `factory` to.
    QtObject {
        id: choice

        property FactoryBase factory: null
        //! Of the factories to choose from those that still are: an array may hold what was destroyed.
        property list<FactoryBase> all
        //! How often there was none any more, and so another one has to be found.
        property int losses: 0
    }
    // A factory that is being destroyed is among the others still.
    Timer {
        id: loss

        interval: 1
        onTriggered: ++choice.losses
    }
    FactoryMonitor {
        id: factoryMonitor

        factory: dashboard.pick(choice.factory, dashboard.factory, choice.all, choice.losses)
        onFactoryChanged: {
            if (factory === null)
                loss.start();
        }
        active: dashboard.visible && dashboard.Window.visibility !== Window.Hidden
                && dashboard.Window.visibility !== Window.Minimized
        jobLimit: page.shownPart === "jobs" ? 500 : -1
        timelineSpan: page.shownPart === "workers" ? 10 : 0
    }
    DashboardPage {
        id: page

        anchors.fill: parent
        monitor: factoryMonitor
        factories: choice.all
        onChosen: factory => choice.factory = factory
    }
}
