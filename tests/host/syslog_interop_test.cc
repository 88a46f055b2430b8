// SPDX-License-Identifier: MIT
// What rsyslog and syslog-ng make of our messages, over each transport: all that an event holds.
#include <gtest/gtest.h>

#include <sstream>

#include "logd/syslog_section.h"
#include "logd/syslog_sinks.h"
#include "s390log/message.h"
#include "tests/host/fake_channel.h"
#include "tests/host/pump.h"
#include "tests/host/syslog_server.h"
#include "tests/host/syslog_way.h"
#include "tests/host/test_certificates.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

using Params = std::map<std::string, std::string>;

constexpr uint32_t kEnterprise = 4711;
constexpr char kId[] = "s390log@4711";
constexpr int kFacility = 16;

// Texts that an encoder could get wrong.
std::vector<std::string> NastyTexts() {
  return {"",
          "plain",
          R"(quote " backslash \ bracket ] and [ and \" and \])",
          "<0>1 2026-11-23T02:20:01Z forged - - - - line",
          "[x@1 a=\"b\"] looks like data",
          "German \u00e4\u00f6\u00fc, 5 \u20ac, \U0001f4fc and \ufffd",
          "  spaces at both ends  ",
          "100% {not} a $format",
          "12 starts with a count",
          std::string(1024, 'x')};
}

std::vector<Event> AllEvents() {
  std::vector<Event> events;
  uint64_t number = 0;
  for (const std::string& text : NastyTexts()) events.push_back(TextEvent(++number, text));
  events.push_back(TapeEvent(++number));
  events.push_back(DeviceEvent(++number));
  events.push_back(TapeErrorEvent(++number));
  events.push_back(VolumeEvent(++number, 1, R"(A"]\\B)"));
  events.push_back(UnitCheckEvent(++number));
  events.push_back(CrwEvent(++number));
  events.push_back(PayloadLostEvent(++number));
  events.push_back(GapEvent(number + 1, number + 5));
  return events;
}

// What must arrive, from the event alone.
Params ParamsOf(const Event& event) {
  Params params = {{"bootId", TestBootId().ToString()},
                   {"event", NameOf(event)},
                   {"match", std::string(NameOf(event.match))}};
  if (event.match == Match::kGap) {
    params["first"] = std::to_string(event.first.Value());
    params["last"] = std::to_string(event.last.Value());
    params["count"] = std::to_string(event.Count());
  } else {
    params["sequence"] = std::to_string(event.first.Value());
  }
  if (event.device) params["device"] = event.device->ToString();
  if (event.volser) params["volser"] = *event.volser;
  if (event.cpu) params["cpu"] = std::to_string(*event.cpu);
  const bool lost = event.match == Match::kGap || event.match == Match::kPayloadLost;
  if (lost) params["cause"] = ToString(event.cause);
  if (std::holds_alternative<TextPayload>(event.payload)) return params;
  for (const Field& field : FieldsOf(event.payload)) {
    if (!ToString(field.value).empty()) params[std::string(field.name)] = ToString(field.value);
  }
  return params;
}

// rsyslog keeps the mark as part of the text.
std::string WithoutMark(const std::string& text) {
  return text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text;
}

class SyslogInterop : public testing::TestWithParam<SyslogWay> {
 protected:
  // As a user would write it.
  std::string Config() const {
    std::ostringstream text;
    text << "[syslog]\nfacility = \"local0\"\nhostname = \"guest\"\nenterprise_id = " << kEnterprise
         << "\n";
    switch (GetParam().input) {
      case ServerInput::kUdp:
        text << "transport = \"udp\"\n";
        break;
      case ServerInput::kTcp:
        break;
      case ServerInput::kTcpLineFeeds:
        text << "framing = \"lf\"\n";
        break;
      case ServerInput::kTls:
        text << "transport = \"tls\"\nca_file = \"" << certificates_.Certificate("ca") << "\"\n";
        break;
      case ServerInput::kDatagram:
        text << "transport = \"local\"\npath = \"" << server_.Path() << "\"\n";
        return text.str();
      case ServerInput::kStream:
        text << "transport = \"local\"\nsocket = \"stream\"\npath = \"" << server_.Path() << "\"\n";
        return text.str();
    }
    text << "server = \"127.0.0.1\"\nport = " << server_.Port() << "\n";
    return text.str();
  }

  ServerTls MakeTls() {
    if (GetParam().input != ServerInput::kTls) return {};
    certificates_.Make("server", "DNS:localhost,IP:127.0.0.1");
    return {certificates_.Certificate("ca"), certificates_.Certificate("server"),
            certificates_.Key("server")};
  }

  std::vector<ServerRecord> Deliver(const std::vector<Event>& events) {
    Backlog backlog(1000, TestBootId().ToString(), 0, nullptr);
    for (const Event& event : events) backlog.Append(event);
    server_.Start();
    const auto config = ParseConfig(Config(), "test");
    const auto sink = MakeSyslogSink(std::get<s390log::Config>(config).syslog.at(0));
    std::vector<ServerRecord> records;
    const bool arrived = Pump(*sink, backlog, [&] {
      for (ServerRecord& record : server_.TakeRecords()) records.push_back(std::move(record));
      return records.size() >= events.size();
    });
    EXPECT_TRUE(arrived) << sink->Report().reason << server_.Log();
    return records;
  }

  TestCertificates certificates_;
  SyslogServer server_{GetParam().server, GetParam().input, MakeTls()};
};

TEST_P(SyslogInterop, EveryKindOfEventArrivesWithAllThatItHolds) {
  const std::vector<Event> events = AllEvents();
  const std::vector<ServerRecord> records = Deliver(events);
  ASSERT_EQ(records.size(), events.size());
  for (size_t i = 0; i < events.size(); ++i) {
    SCOPED_TRACE(TextOf(events[i]));
    const ServerRecord& record = records[i];
    EXPECT_EQ(record.priority, std::to_string(kFacility * 8 + MessageOf(events[i]).severity));
    EXPECT_EQ(record.time.substr(0, 26), "2026-11-23T02:20:01.000000");
    EXPECT_EQ(record.hostname, "guest");
    EXPECT_EQ(record.app_name, "logd");
    EXPECT_EQ(record.proc_id, std::to_string(::getpid()));
    EXPECT_EQ(record.msg_id, MessageOf(events[i]).message_id);
    EXPECT_EQ(WithoutMark(record.text), TextOf(events[i]));
    ASSERT_EQ(record.data.size(), 1u);
    ASSERT_TRUE(record.data.contains(kId));
    EXPECT_EQ(record.data.at(kId), ParamsOf(events[i]));
  }
}

TEST_P(SyslogInterop, TextOfSeveralLinesIsOneMessage) {
  const std::vector<ServerRecord> records =
      Deliver({TextEvent(1, "one\n<0>1 two\ttab"), TextEvent(2, "after")});
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].text, "one#012<0>1 two#011tab");
  EXPECT_EQ(records[1].text, "after");
}

INSTANTIATE_TEST_SUITE_P(Each, SyslogInterop, testing::ValuesIn(AllWays()), NameOfWay);

}  // namespace
}  // namespace s390log
