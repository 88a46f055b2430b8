// SPDX-License-Identifier: MIT
#include "logd/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>

#include "logd/metrics_text.h"
#include "tests/host/promtool.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

bool Has(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

Stats ExampleStats() {
  Stats stats;
  stats.boot_id = "boot";
  stats.emitted = 20;
  stats.before = 2;
  stats.buffered = 3;
  stats.taken = {8, 2, 1, 1, 4, 0};
  stats.cpus.push_back({1, {4096, 5, 0, 15, 1, 2, 3, 77}, 128});
  stats.kevents_coalesced = 6;
  stats.subbuf_size = 4096;
  stats.n_subbufs = 16;
  stats.sinks.push_back({{"json \"/a\\b\"\n\xff", false, "No space left on device", 11, 1, 2},
                         3,
                         uint64_t{1'500'000'000}});
  return stats;
}

DeliveryTally ExampleTally() {
  Backlog backlog(10);
  backlog.Append(TextEvent(1));
  backlog.Append(GapEvent(2, 5));
  backlog.Append(PayloadLostEvent(6));
  Event gap = GapEvent(7, 7);
  gap.cause = {LossKind::kOverwritten, {0, 1}};
  backlog.Append(gap);
  DeliveryTally tally;
  tally.See(backlog, backlog.End(), kTestTime + 30'000'000);
  return tally;
}

TEST(Metrics, PromtoolFindsFaultWithWhatIsWrong) {
  EXPECT_NE(PromtoolSays("# HELP a b\n# TYPE a counter\na 1\n"), "");
  EXPECT_NE(PromtoolSays("a{b=\"c} 1\n"), "");
}

TEST(Metrics, PromtoolFindsNoFaultWithOurs) {
  const DeliveryTally tally = ExampleTally();
  EXPECT_EQ(PromtoolSays(PrometheusText({ExampleStats(), tally, 5, 100, StoreMetrics{7, 4096, 0}})),
            "");
}

TEST(Metrics, NothingHasHappenedIsGoodToo) {
  const DeliveryTally tally;
  EXPECT_EQ(PromtoolSays(PrometheusText({Stats(), tally, 0, 100, std::nullopt})), "");
}

TEST(Metrics, SayWhatTheBooksSay) {
  const DeliveryTally tally = ExampleTally();
  const std::string text =
      PrometheusText({ExampleStats(), tally, 5, 100, StoreMetrics{7, 4096, 0}});
  for (const char* line : {
           "s390log_events_emitted_total 20",
           "s390log_events_before 2",
           "s390log_events_delivered_total{match=\"complete\"} 8",
           "s390log_events_delivered_total{match=\"coalesced\"} 2",
           "s390log_events_delivered_total{match=\"payload_lost\"} 1",
           "s390log_events_lost_total{cause=\"buffer_full\",cpu=\"1\"} 4",
           "s390log_events_lost_total{cause=\"overwritten\",cpu=\"several\"} 1",
           "s390log_events_lost_total{cause=\"overwritten\",cpu=\"1\"} 0",
           "s390log_payloads_lost_total{cause=\"buffer_full\",cpu=\"1\"} 1",
           "s390log_events_buffered 3",
           "s390log_books_balanced 1",
           "s390log_kevents_coalesced_total 6",
           "s390log_cpu_records_dropped_total{cpu=\"1\"} 5",
           "s390log_cpu_records_overwritten_total{cpu=\"1\"} 77",
           "s390log_cpu_buffer_unread_bytes{cpu=\"1\"} 128",
           "s390log_cpu_buffer_size_bytes 65536",
           "s390log_backlog_entries 5",
           "s390log_backlog_max_entries 100",
           "s390log_store_entries 7",
           "s390log_store_size_bytes 4096",
       }) {
    EXPECT_TRUE(Has(text, line)) << line << "\n" << text;
  }
}

TEST(Metrics, AreAllInTheManual) {
  const DeliveryTally tally;
  const std::string text = PrometheusText({ExampleStats(), tally, 0, 100, StoreMetrics{}});
  const std::string page = Contents("logd/logd.8");
  const std::regex type("# TYPE ([a-z0-9_]+) ");
  std::set<std::string> names;
  for (std::sregex_iterator at(text.begin(), text.end(), type), end; at != end; ++at) {
    names.insert((*at)[1]);
    EXPECT_NE(page.find((*at)[1]), std::string::npos) << (*at)[1];
  }
  EXPECT_GE(names.size(), 30u);
  const std::regex name("s390log_[a-z0-9_]+");
  for (std::sregex_iterator at(page.begin(), page.end(), name), end; at != end; ++at)
    EXPECT_TRUE(names.contains(at->str())) << at->str();
}

// The rules that logd(8) proposes.
TEST(Metrics, AlarmsInTheManualAreRules) {
  const std::string page = Contents("logd/logd.8");
  const size_t begin = page.find(".EX\n", page.find("Worth an alarm:")) + 4;
  std::istringstream lines(page.substr(begin, page.find(".EE\n", begin) - begin));
  std::string rules = "groups:\n- name: s390log\n  rules:\n";
  for (std::string line; std::getline(lines, line);)
    rules += "  - alert: A" + std::to_string(rules.size()) + "\n    expr: " + line + "\n";
  EXPECT_GE(std::count(rules.begin(), rules.end(), '\n'), 9);
  EXPECT_EQ(PromtoolSays("groups: [{name: a, rules: [{alert: a, expr: '1 +'}]}]",
                         "check rules /dev/stdin")
                .find("SUCCESS"),
            std::string::npos);
  EXPECT_NE(PromtoolSays(rules, "check rules /dev/stdin").find("SUCCESS: 4 rules found"),
            std::string::npos)
      << PromtoolSays(rules, "check rules /dev/stdin");
}

TEST(Metrics, NamesOfSinksAreEscaped) {
  const DeliveryTally tally;
  const std::string text = PrometheusText({ExampleStats(), tally, 0, 100, std::nullopt});
  const std::string sink = "{sink=\"json \\\"/a\\\\b\\\"\\n\xef\xbf\xbd\"}";
  EXPECT_TRUE(Has(text, "s390log_sink_up" + sink + " 0")) << text;
  EXPECT_TRUE(Has(text, "s390log_sink_lag_entries" + sink + " 3")) << text;
  EXPECT_TRUE(Has(text, "s390log_sink_lag_seconds" + sink + " 1.5")) << text;
}

TEST(Metrics, WhatIsNotKnownIsLeftOut) {
  Stats stats = ExampleStats();
  stats.sinks.at(0).lag_ns.reset();
  const DeliveryTally tally;
  const std::string text = PrometheusText({stats, tally, 0, 100, std::nullopt});
  EXPECT_EQ(text.find("\ns390log_sink_lag_seconds"), std::string::npos);
  EXPECT_EQ(text.find("s390log_store"), std::string::npos);
}

TEST(DeliveryTally, LatencyIsFromTheEventsOwnTimeAndOnlyOfThoseThatHaveOne) {
  const DeliveryTally tally = ExampleTally();
  EXPECT_EQ(tally.Latency().Count(), 1u);
  EXPECT_DOUBLE_EQ(tally.Latency().Sum(), 0.03);
  MetricsText text;
  text.Add("x_seconds", "help", tally.Latency());
  EXPECT_TRUE(Has(text.Text(), "x_seconds_bucket{le=\"0.025\"} 0")) << text.Text();
  EXPECT_TRUE(Has(text.Text(), "x_seconds_bucket{le=\"0.05\"} 1")) << text.Text();
  EXPECT_TRUE(Has(text.Text(), "x_seconds_bucket{le=\"+Inf\"} 1")) << text.Text();
  EXPECT_TRUE(Has(text.Text(), "x_seconds_count 1")) << text.Text();
}

TEST(DeliveryTally, ClockThatWasSetBackIsNoTime) {
  Backlog backlog(10);
  backlog.Append(TextEvent(1));
  DeliveryTally tally;
  tally.See(backlog, backlog.End(), kTestTime - 1);
  EXPECT_EQ(tally.Latency().Count(), 1u);
  EXPECT_EQ(tally.Latency().Sum(), 0);
}

TEST(Histogram, BoundBelongsToItsBucket) {
  Histogram histogram;
  histogram.Observe(Histogram::kBounds[2]);
  histogram.Observe(1e9);
  EXPECT_EQ(histogram.Bucket(2), 1u);
  EXPECT_EQ(histogram.Bucket(Histogram::kBounds.size()), 1u);
}

}  // namespace
}  // namespace s390log
