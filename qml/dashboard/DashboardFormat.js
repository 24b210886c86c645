// SPDX-FileCopyrightText: 2026 The Millwright authors
// SPDX-License-Identifier: MIT

// How a dashboard writes figures: short, in the user's locale, and with no more digits than mean
// something.

.pragma library

// What is shown where there is no figure yet.
const none = "–";

function decimal(value, decimals) {
    return Number(value).toLocaleString(Qt.locale(), "f", decimals);
}

// 950; 12,345; 123 k; 1.23 M
function count(value) {
    if (value < 100000)
        return decimal(value, 0);
    if (value < 999500)
        return qsTr("%1 k").arg(decimal(value / 1000, 0));
    return qsTr("%1 M").arg(decimal(value / 1000000, value < 99950000 ? 2 : 0));
}

// Texts with this between them, the empty ones left out.
function joined(texts, separator) {
    return texts.filter(text => text.length > 0).join(separator);
}

// The largest of the values, 0 at least.
function largest(values) {
    return values.reduce((highest, value) => Math.max(highest, value), 0);
}

// A number per second, without the unit.
function rate(value) {
    return value > 0 && value < 9.95 ? decimal(value, 1) : count(value);
}

// A time in milliseconds, with its unit.
function duration(milliseconds) {
    if (!(milliseconds >= 0))
        return none;
    if (milliseconds < 0.9995)
        return qsTr("%1 µs").arg(decimal(milliseconds * 1000, 0));
    if (milliseconds < 9.95)
        return qsTr("%1 ms").arg(decimal(milliseconds, 1));
    if (milliseconds < 999.5)
        return qsTr("%1 ms").arg(decimal(milliseconds, 0));
    return longDuration(milliseconds);
}

// The same in tenths of a second at most, for times that are still growing.
function longDuration(milliseconds) {
    const seconds = milliseconds / 1000;
    if (seconds < 59.95)
        return qsTr("%1 s").arg(decimal(seconds, 1));
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60)
        return qsTr("%1:%2 min").arg(minutes).arg(twoDigits(Math.floor(seconds % 60)));
    return qsTr("%1:%2 h").arg(decimal(Math.floor(minutes / 60), 0)).arg(twoDigits(minutes % 60));
}

function twoDigits(value) {
    return String(value).padStart(2, "0");
}
