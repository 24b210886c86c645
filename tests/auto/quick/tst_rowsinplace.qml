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
        fill(numbers, [1, 2, 3]);
        rows.sourceModel = numbers;
        compare(shown(), [1, 2, 3]);
        changes.clear();
        exchanges.clear();
        made = 0;
    }

    function test_UI_6_rowsStay_data() {
        return [
            {tag: "others", after: [4, 5, 6], made: 0},
            {tag: "fewer", after: [7], made: 0},
            {tag: "none", after: [], made: 0},
            {tag: "more", after: [4, 5, 6, 7, 8], made: 2},
            {tag: "the same", after: [1, 2, 3], made: 0}
        ];
    }
    function test_UI_6_rowsStay(row) {
        fill(numbers, row.after);
        compare(view.count, 3); // not yet
        tryCompare(changes, "count", row.after.length > 0 ? 1 : 0);
        tryCompare(view, "count", row.after.length);
        compare(shown(), row.after);
        compare(made, row.made);
    }

    function test_UI_6_rowsComeAndGoAnywhere() {
        numbers.remove(0);
        numbers.insert(0, {number: 9});
        numbers.insert(2, {number: 10});
        numbers.move(0, 3, 1);
        numbers.setProperty(0, "number", 11);
        tryCompare(view, "count", 4);
        compare(shown(), [11, 10, 3, 9]);
        compare(changes.count, 1);
        compare(made, 1);
    }

    function test_UI_6_everyChangeIsFollowed_data() {
        return [
            {tag: "insert", change: () => numbers.insert(1, {number: 4}), after: [1, 4, 2, 3]},
            {tag: "remove", change: () => numbers.remove(0), after: [2, 3]},
            {tag: "move", change: () => numbers.move(2, 0, 1), after: [3, 1, 2]},
            {tag: "value", change: () => numbers.setProperty(1, "number", 5), after: [1, 5, 3]}
        ];
    }
    function test_UI_6_everyChangeIsFollowed(row) {
        row.change();
        tryCompare(changes, "count", 1);
        compare(shown(), row.after);
    }

    function test_UI_6_sourceIsExchanged() {
        const other = createTemporaryObject(list, test);
        fill(other, [20, 21]);
        rows.sourceModel = other;
        compare(exchanges.count, 1);
        compare(shown(), [20, 21]);
        numbers.append({number: 4}); // nobody cares
        other.append({number: 22});
        tryCompare(view, "count", 3);
        compare(shown(), [20, 21, 22]);
        compare(changes.count, 1);
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
