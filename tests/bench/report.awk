# A table of records (one JSON object a line, fields in the order of record.h) on
# standard output, and a plot in the file `svg`: what was measured at several sizes, a
# panel for each bench, unit and what follows the comma of a metric, a line for each
# metric in it; both axes logarithmic.

function field(name,    at, rest) {
    at = index($0, "\"" name "\":")
    rest = substr($0, at + length(name) + 3)
    if (substr(rest, 1, 1) == "\"") return substr(rest, 2, index(substr(rest, 2), "\"") - 1)
    sub(/[,}].*/, "", rest)
    return rest
}
function log10(x) { return log(x) / log(10) }
function escape(text) {
    gsub(/&/, "\\&amp;", text)
    gsub(/</, "\\&lt;", text)
    return text
}

BEGIN {
    printf "%-28s %10s  %-22s %12s %-10s %s\n", "bench", "size", "metric", "value", "unit", "against"
}
{
    bench = field("bench"); size = field("size"); metric = field("metric")
    value = field("value"); unit = field("unit"); against = field("against"); ratio = field("ratio")
    printf "%-28s %10g  %-22s %12.5g %-10s %s\n", bench, size, metric, value, unit, \
           against == "null" ? "" : against " x" ratio
    if (!(size > 0 && value > 0)) next
    comma = index(metric, ", ")
    head = comma ? substr(metric, 1, comma - 1) : metric
    series = bench (comma ? substr(metric, comma) : "") " (" unit ")" SUBSEP head
    if ((series, size) in seen) next # once more, against something else
    seen[series, size] = 1
    if (!(series in points)) { order[++series_count] = series }
    x[series, ++points[series]] = size
    y[series, points[series]] = value
}

# One panel, its corner at (0, top).
function panel(title, top,    i, s, part, lowx, highx, lowy, highy, first, line, c, px, py, e, row) {
    first = 1
    for (i = 1; i <= series_count; i++) {
        s = order[i]; split(s, part, SUBSEP)
        if (part[1] != title || points[s] < 2) continue
        for (c = 1; c <= points[s]; c++) {
            px = log10(x[s, c]); py = log10(y[s, c])
            if (first || px < lowx) lowx = px
            if (first || px > highx) highx = px
            if (first || py < lowy) lowy = py
            if (first || py > highy) highy = py
            first = 0
        }
    }
    if (first) return 0
    lowy = int(lowy + 100) - 100; highy = int(highy + 101) - 100
    if (highx - lowx < 0.1) highx = lowx + 1
    printf "<g transform=\"translate(60,%d)\"><text x=\"0\" y=\"-8\" font-weight=\"bold\">%s</text>\n", top, escape(title) > svg
    printf "<rect width=\"360\" height=\"200\" fill=\"none\" stroke=\"#999\"/>\n" > svg
    for (e = lowy; e <= highy; e++) {
        py = 200 - 200 * (e - lowy) / (highy - lowy)
        printf "<path d=\"M0 %.1fH360\" stroke=\"#ddd\"/><text x=\"-6\" y=\"%.1f\" text-anchor=\"end\">%g</text>\n", py, py + 4, 10 ^ e > svg
    }
    for (e = int(lowx + 0.999); e <= highx + 0.001; e++) {
        px = 360 * (e - lowx) / (highx - lowx)
        printf "<path d=\"M%.1f 0V200\" stroke=\"#ddd\"/><text x=\"%.1f\" y=\"216\" text-anchor=\"middle\">%g</text>\n", px, px, 10 ^ e > svg
    }
    row = 0
    for (i = 1; i <= series_count; i++) {
        s = order[i]; split(s, part, SUBSEP)
        if (part[1] != title || points[s] < 2) continue
        line = ""
        for (c = 1; c <= points[s]; c++)
            line = line sprintf("%s%.1f,%.1f", c > 1 ? " " : "", 360 * (log10(x[s, c]) - lowx) / (highx - lowx), 200 - 200 * (log10(y[s, c]) - lowy) / (highy - lowy))
        printf "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n", line, colour[row % 6] > svg
        printf "<text x=\"372\" y=\"%d\" fill=\"%s\">%s</text>\n", 14 + 16 * row, colour[row % 6], escape(part[2]) > svg
        row++
    }
    print "</g>" > svg
    return 1
}

END {
    split("#1b6ca8 #c2410c #15803d #7e22ce #a16207 #be123c", named, " ")
    for (i = 1; i <= 6; i++) colour[i - 1] = named[i]
    titles = 0
    for (i = 1; i <= series_count; i++) {
        split(order[i], part, SUBSEP)
        if (points[order[i]] > 1 && !(part[1] in known)) { known[part[1]] = 1; title[++titles] = part[1] }
    }
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"720\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n", 270 * titles + 40 > svg
    top = 40
    for (i = 1; i <= titles; i++) if (panel(title[i], top)) top += 270
    print "</svg>" > svg
}
