// Reads a histogram log with HdrHistogram's own JavaScript implementation and prints, for each
// interval in the file's order, what it understood. usage: node read_histogram_log.mjs FILE
import { readFileSync } from "node:fs";
import hdr from "hdr-histogram-js";

const reader = new hdr.HistogramLogReader(readFileSync(process.argv[2], "utf8"), 64);
const intervals = [];
for (let h = reader.nextIntervalHistogram(); h; h = reader.nextIntervalHistogram()) {
  intervals.push({
    tag: h.tag,
    start_ms: Math.round(h.startTimeStampMsec),
    end_ms: Math.round(h.endTimeStampMsec),
    total: h.totalCount,
    p50: h.getValueAtPercentile(50),
    p90: h.getValueAtPercentile(90),
    p99: h.getValueAtPercentile(99),
    p99_9: h.getValueAtPercentile(99.9),
    max: h.maxValue,
  });
}
console.log(JSON.stringify(intervals));
