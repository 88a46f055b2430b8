// SPDX-License-Identifier: MIT
#include "logd/config.h"

#include <gtest/gtest.h>

namespace s390log {
namespace {

std::string ErrorsOf(const std::string& text) {
  const auto parsed = ParseConfig(text, "f");
  std::string all;
  if (const ConfigErrors* errors = std::get_if<ConfigErrors>(&parsed)) {
    for (const std::string& error : *errors) all += error + "\n";
  }
  return all;
}

TEST(Config, MissingFileIsAnError) {
  const auto read = ReadConfig("/nonexistent/logd.toml");
  EXPECT_EQ(std::get<ConfigErrors>(read).at(0),
            "/nonexistent/logd.toml: cannot be read: No such file or directory");
}

TEST(Config, BrokenTomlIsNamedWithItsLine) {
  EXPECT_EQ(ErrorsOf("\n[json\n").substr(0, 4), "f:2:");
}

TEST(Config, SectionThatBeginsWithNoNameIsNamedWithItsLine) {
  for (const char* line : {"[!json]", "[ = 1", "[[,]]", "[#json]", "[\x0ejson]"}) {
    const std::string text = std::string("[json]\npath = \"-\"\n") + line + "\n[store]\n";
    EXPECT_EQ(ErrorsOf(text).substr(0, 4), "f:3:") << line;
  }
}

TEST(Config, UnknownKeyIsNamedWithFileLineAndKey) {
  EXPECT_EQ(ErrorsOf("[json]\npath = \"-\"\nfile = \"x\"\n"),
            "f:3: json.file: is not known; known are: burst, devices, events, keep, "
            "max_megabytes, max_per_second, path, severity\n");
}

TEST(Config, UnknownSectionIsAnError) {
  EXPECT_EQ(ErrorsOf("[jsno]\n"),
            "f:1: jsno: is not known; known are the sections collector, control, drives, journal, "
            "json, metrics, process, store, syslog\n");
  EXPECT_EQ(ErrorsOf("json = 1\n"), "f:1: json: must be a section, [json]\n");
}

TEST(Config, WrongTypesAndBoundsAreErrors) {
  EXPECT_EQ(ErrorsOf("[json]\npath = 5\n"), "f:2: json.path: must be a text in quotes\n");
  EXPECT_EQ(ErrorsOf("[json]\npath = \"\"\n"), "f:2: json.path: must not be empty\n");
  EXPECT_EQ(ErrorsOf("[collector]\nslots = 0\n"),
            "f:2: collector.slots: must be a number from 1 to 128\n");
  EXPECT_EQ(ErrorsOf("[syslog]\nserver = \"a\"\nport = 65536\n"),
            "f:3: syslog.port: must be a number from 1 to 65535\n");
}

TEST(Config, VolumesAreIdentifiedOnlyIfThatIsSaid) {
  const auto identify = [](const char* text) {
    return std::get<Config>(ParseConfig(text, "f")).drives.identify_volumes;
  };
  EXPECT_FALSE(identify(""));
  EXPECT_FALSE(identify("[drives]\n"));
  EXPECT_TRUE(identify("[drives]\nidentify_volumes = true\n"));
  EXPECT_EQ(ErrorsOf("[drives]\nidentify_volumes = 1\n"),
            "f:2: drives.identify_volumes: must be true or false\n");
}

TEST(Config, MetricsAreServedOnlyIfThatIsSaidAndToTheNetworkOnlyIfThatIsMeant) {
  const auto metrics = [](const char* text) {
    return std::get<Config>(ParseConfig(text, "f")).metrics;
  };
  EXPECT_FALSE(metrics(""));
  EXPECT_EQ(metrics("[metrics]\n")->listen, "127.0.0.1:9639");
  EXPECT_EQ(metrics("[metrics]\nlisten = \"[::1]:1\"\n")->listen, "[::1]:1");
  const std::string open = "[metrics]\nlisten = \"0.0.0.0:9639\"\n";
  EXPECT_EQ(ErrorsOf(open).substr(0, 49), "f:2: metrics.listen: is no loopback address: ever");
  EXPECT_EQ(ErrorsOf(open + "open_to_network = true\n"), "");
  EXPECT_EQ(ErrorsOf("[metrics]\nlisten = \"9639\"\n"),
            "f:2: metrics.listen: must be an address and a port, as 127.0.0.1:9639 or "
            "[::1]:9639\n");
  EXPECT_NE(ErrorsOf("[metrics]\nlisten = \"127.0.0.1:0\"\n"), "");
}

TEST(Config, WhatASinkShallGetIsChecked) {
  const auto errors = [](const std::string& text) {
    return ErrorsOf("[json]\npath = \"-\"\n" + text);
  };
  EXPECT_EQ(errors("severity = \"bad\"\n"),
            "f:3: json.severity: must be one of: emerg, alert, crit, err, warning, notice, info, "
            "debug\n");
  EXPECT_EQ(errors("events = [\"TAP001I\", \"TAP999\"]\n"),
            "f:3: json.events: TAP999 is not a message id, a name of an event, or a pattern that "
            "fits one\n");
  EXPECT_EQ(errors("events = []\n"), "f:3: json.events: must not be empty\n");
  EXPECT_EQ(errors("events = [\n1,\n\"TAP001I\"]\n"),
            "f:4: json.events: must be a text in quotes, or a list of them\n");
  EXPECT_EQ(errors("devices = \"tape\"\n"),
            "f:3: json.devices: tape is not a device (0.0.0580), a range (0.0.0580-0.0.058f) or a "
            "pattern (0.0.05*)\n");
  EXPECT_EQ(errors("max_per_second = 1.5\n"),
            "f:3: json.max_per_second: must be a number from 0 to 1000000\n");
}

TEST(Config, SinksGetWhatIsSaid) {
  const auto config = std::get<Config>(ParseConfig(R"(
[json]
path = "-"
[syslog]
server = "a"
severity = "warning"
events = "TAP*"
devices = ["0.0.0580", "0.0.0590-0.0.059f"]
max_per_second = 100
burst = 500
)",
                                                   "f"));
  EXPECT_TRUE(config.json->selection.TakesAll());
  EXPECT_EQ(config.syslog.at(0).selection,
            (SelectionConfig{4, {"TAP*"}, {"0.0.0580", "0.0.0590-0.0.059f"}, 100, 500}));
}

TEST(Config, RequiredKeysAreAskedFor) {
  EXPECT_EQ(ErrorsOf("[json]\n"), "f:1: json.path: is missing\n");
  EXPECT_EQ(ErrorsOf("[syslog]\n"), "f:1: syslog.server: is missing\n");
}

TEST(Config, AllErrorsAreToldAtOnce) {
  EXPECT_EQ(ErrorsOf("[json]\nx = 1\n[control]\ny = 1\n"),
            "f:1: json.path: is missing\n"
            "f:2: json.x: is not known; known are: burst, devices, events, keep, max_megabytes, "
            "max_per_second, path, severity\n"
            "f:4: control.y: is not known; known are: path\n");
}

TEST(Config, EmptyFileWritesJsonToStandardOutput) {
  const auto config = std::get<Config>(ParseConfig("", "f"));
  EXPECT_EQ(config.json->path, "-");
  EXPECT_TRUE(config.syslog.empty());
  EXPECT_EQ(config.collector.device, "/dev/s390_log");
  EXPECT_EQ(config.control.path, kDefaultControlPath);
  EXPECT_EQ(config.process.user, "");
}

TEST(Config, JournalNeedsNothingSaid) {
  const auto config = std::get<Config>(ParseConfig("[journal]\n", "f"));
  EXPECT_EQ(config.journal->path, "/run/systemd/journal/socket");
  EXPECT_EQ(config.journal->app_name, "logd");
  EXPECT_FALSE(config.json);
}

TEST(Config, OneSinkIsEnough) {
  const auto config = std::get<Config>(ParseConfig("[syslog]\nserver = \"loghost\"\n", "f"));
  EXPECT_FALSE(config.json);
  EXPECT_EQ(config.syslog.at(0).server, "loghost");
  EXPECT_EQ(config.syslog.at(0).port, 514);
  EXPECT_EQ(config.syslog.at(0).facility, 3);
}

TEST(Config, EverythingCanBeSaid) {
  const auto config = std::get<Config>(ParseConfig(R"(
[collector]
device = "/dev/a"
slots = 4
backlog = 100
drain_seconds = 1
[json]
path = "/tmp/j"
[syslog]
transport = "tcp"
server = "::1"
port = 601
facility = "local7"
enterprise_id = 4294967295
app_name = "app"
hostname = "host"
[control]
path = "/tmp/c"
[process]
user = "s390-log"
)",
                                                   "f"));
  EXPECT_EQ(config.collector.device, "/dev/a");
  EXPECT_EQ(config.collector.slots, 4u);
  EXPECT_EQ(config.collector.backlog, 100u);
  EXPECT_EQ(config.collector.drain_seconds, 1u);
  EXPECT_EQ(config.json->path, "/tmp/j");
  EXPECT_EQ(config.syslog.at(0).port, 601);
  EXPECT_EQ(config.syslog.at(0).facility, 23);
  EXPECT_EQ(config.syslog.at(0).enterprise_id, 4294967295u);
  EXPECT_EQ(config.syslog.at(0).hostname, "host");
  EXPECT_EQ(config.control.path, "/tmp/c");
  EXPECT_EQ(config.process.user, "s390-log");
}

}  // namespace
}  // namespace s390log
