// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtTest
import Millwright

TestCase {
    id: test

    name: "RowsInPlace"
    when: windowShown
    width: 100
    height: 400

    property int made: 0

    ListModel { id: numbers }
    RowsInPlace { id: rows; sourceModel: numbers }
    ListView {
        id: view

        anchors.fill: parent
        model: rows
        delegate: Item {
            required property int number

            width: 10
            height: 10
            Component.onCompleted: ++test.made
        }
    }
    SignalSpy { id: changes; target: rows; signalName: "dataChanged" }
    SignalSpy { id: exchanges; target: rows; signalName: "sourceModelChanged" }
    Component { id: list; ListModel {} }

    function fill(model: var, values: var) {
        model.clear();
        for (const value of values)
            model.append({number: value});
    }
    function shown(): var {
        view.forceLayout();
        return Array.from({length: view.count}, (_, row) => view.itemAtIndex(row).number);
    }

    function init() {
        rows.sourceModel = null;
        fill(numbers, [1, 2, 3, 4, 5, 6, 7, 8]);
        rows.sourceModel = numbers;
        compare(shown(), [1, 2, 3, 4, 5, 6, 7, 8]);
        changes.clear();
        exchanges.clear();
        made = 0;
    }

    function test_UI_6_rowsStayWhenManyGo_data() {
        return [
            {tag: "others", after: [11, 12, 13, 14, 15, 16, 17, 18], made: 0},
            {tag: "fewer", after: [11], made: 0},
            {tag: "none", after: [], made: 0},
            {tag: "more", after: [11, 12, 13, 14, 15, 16, 17, 18, 19, 20], made: 2},
            {tag: "the same", after: [1, 2, 3, 4, 5, 6, 7, 8], made: 0}
        ];
    }
    function test_UI_6_rowsStayWhenManyGo(row) {
        fill(numbers, row.after);
        compare(view.count, 8); // not yet
        tryCompare(changes, "count", row.after.length > 0 ? 1 : 0);
        tryCompare(view, "count", row.after.length);
        compare(shown(), row.after);
        compare(made, row.made);
    }

    // It has gone on since.
    function test_UI_6_allElseOfTheTurnWaits() {
        numbers.remove(1, 3);
        numbers.append({number: 9});
        numbers.move(0, 5, 1);
        numbers.remove(0);
        numbers.setProperty(0, "number", 60);
        tryCompare(changes, "count", 1);
        compare(view.count, 5);
        compare(shown(), [60, 7, 8, 9, 1]);
        compare(made, 0);
    }

    function test_UI_6_fewChangesArePassedOn_data() {
        return [
            {tag: "insert", change: () => numbers.insert(1, {number: 9}), after: [1, 9, 2, 3, 4, 5, 6, 7, 8]},
            {tag: "remove", change: () => numbers.remove(1, 2), after: [1, 4, 5, 6, 7, 8]},
            {tag: "move up", change: () => numbers.move(5, 1, 2), after: [1, 6, 7, 2, 3, 4, 5, 8]},
            {tag: "move down", change: () => numbers.move(0, 6, 1), after: [2, 3, 4, 5, 6, 7, 1, 8]},
            {tag: "value", change: () => numbers.setProperty(1, "number", 9), after: [1, 9, 3, 4, 5, 6, 7, 8]}
        ];
    }
    function test_UI_6_fewChangesArePassedOn(row) {
        const last = view.itemAtIndex(7); // stays the same one's, wherever that is
        row.change();
        compare(view.count, row.after.length);
        compare(shown(), row.after);
        verify(view.itemAtIndex(row.after.length - 1) === last);
        compare(changes.count, row.tag === "value" ? 1 : 0);
    }

    function test_UI_6_sourceIsExchanged() {
        const other = createTemporaryObject(list, test);
        fill(other, [20, 21]);
        rows.sourceModel = other;
        compare(exchanges.count, 1);
        compare(shown(), [20, 21]);
        numbers.append({number: 9}); // nobody cares
        compare(shown(), [20, 21]);
        other.append({number: 22});
        compare(shown(), [20, 21, 22]);
        rows.sourceModel = other;
        compare(exchanges.count, 1);
        rows.sourceModel = null;
        compare(exchanges.count, 2);
        compare(shown(), []);
    }

    function test_UI_6_sourceIsDestroyed() {
        const other = list.createObject(test);
        fill(other, [20, 21]);
        rows.sourceModel = other;
        compare(shown(), [20, 21]);
        other.destroy();
        tryCompare(view, "count", 0);
        compare(rows.sourceModel, null);
    }
}
