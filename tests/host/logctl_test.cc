// SPDX-License-Identifier: MIT
// The program logctl, beside a daemon with a channel in memory.
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/stat.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <regex>
#include <span>
#include <sstream>
#include <thread>

#include "logd/access_error.h"
#include "logd/control_client.h"
#include "logd/daemon.h"
#include "logd/exit_code.h"
#include "logd/query_command.h"
#include "tests/host/fake_channel.h"
#include "tests/host/fake_notice_queue.h"
#include "tests/host/fake_sink.h"
#include "tests/host/logctl_program.h"
#include "tests/host/temp_dir.h"
#include "tests/host/test_events.h"

namespace s390log {
namespace {

using Json = nlohmann::json;
using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// What AccessError says to somebody who may do nothing; "" if nobody says it.
std::string AsNobody(const std::function<void()>& work) {
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) < 0) throw std::runtime_error("pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    std::string said;
    constexpr id_t kNobody = 65534;
    const bool root = ::geteuid() == 0;
    if (root && (::setgroups(0, nullptr) < 0 || ::setresgid(kNobody, kNobody, kNobody) < 0 ||
                 ::setresuid(kNobody, kNobody, kNobody) < 0)) {
      ::_exit(1);
    }
    try {
      work();
    } catch (const AccessError& error) {
      said = error.what();
    } catch (const std::exception& error) {
      said = std::string("another error: ") + error.what();
    }
    (void)!::write(pipe[1], said.data(), said.size());
    ::_exit(0);
  }
  ::close(pipe[1]);
  std::string said(4096, '\0');
  const ssize_t count = ::read(pipe[0], said.data(), said.size());
  said.resize(count < 0 ? 0 : static_cast<size_t>(count));
  ::close(pipe[0]);
  ::waitpid(child, nullptr, 0);
  return said;
}

TEST(LogctlAlone, LogdThatDoesNotRunIsNamedWithTheRemedy) {
  for (const char* command : {"stats", "drives", "sinks", "mode", "stats --watch"}) {
    const auto [code, output] = Logctl(std::string(command) + " -s /nonexistent/socket");
    EXPECT_EQ(code, kExitNotRunning) << command;
    EXPECT_TRUE(
        Has(output, "logd is not running (nobody answers at /nonexistent/socket); start it with: "))
        << output;
  }
}

TEST(LogctlAlone, CommandLineThatMakesNoSenseIsNamed) {
  EXPECT_EQ(Logctl("").code, kExitUsage);
  EXPECT_TRUE(Has(Logctl("bogus").output, "there is no command bogus; commands are: tail query"));
  for (const char* line :
       {"bogus", "tail --bogus", "tail -n 0", "tail --since soon", "query --device tape",
        "query --severity awful", "mode sideways", "explain", "stats --color sometimes"}) {
    EXPECT_EQ(Logctl(line).code, kExitUsage) << line;
  }
  EXPECT_EQ(Logctl("--help").code, 0);
}

TEST(LogctlAlone, MessageThatThereIsNotIsNamed) {
  const auto [code, output] = Logctl("explain TAP999X");
  EXPECT_EQ(code, kExitUnknownMessage);
  EXPECT_TRUE(Has(output, "there is no message or ERPA code TAP999X"));
}

TEST(LogctlAlone, ExplainsAsJson) {
  EXPECT_EQ(Json::parse(Logctl("explain --json TAP001I").output).at("event"), "tape_loaded");
  EXPECT_EQ(Json::parse(Logctl("explain --json ERPA-43").output).at("actor"), "operator");
  const Json sense = Json::parse(Logctl("explain --json 404220ee").output);
  EXPECT_EQ(sense.at("bits").at(0).at("mask"), "40");
  EXPECT_EQ(sense.at("erpa").at("erpa"), "ee");
}

TEST(LogctlAlone, CaptureThatCannotBeginIsAFailure) {
  EXPECT_EQ(Logctl("capture /tmp --device /nonexistent").code, kExitFailure);
  EXPECT_EQ(Logctl("replay /nonexistent").code, kExitFailure);
}

class LogctlStore : public testing::Test {
 protected:
  void Fill() {
    Store store(path_);
    Backlog backlog(100, TestBootId().ToString(), store.End(), nullptr);
    backlog.Append(TextEvent(1));
    backlog.Append(GapEvent(2, 3));
    store.Commit(backlog, TestBootId(), {});
  }

  ProgramOutcome Query(const std::string& more = "") {
    return Logctl("query --store " + path_ + " " + more);
  }

  TempDir dir_;
  std::string path_ = dir_.File("events.db");
};

TEST_F(LogctlStore, ThatIsNotThereOrNoStoreOrTooNewIsNamed) {
  EXPECT_EQ(Query().code, kExitNoStore);
  EXPECT_TRUE(Has(Query().output, "there is no store at " + path_)) << Query().output;
  std::ofstream(path_) << std::string(8192, 'x');
  EXPECT_EQ(Query().code, kExitNoStore);
  EXPECT_TRUE(Has(Query().output, path_ + " is no database")) << Query().output;
  std::filesystem::remove(path_);
  Fill();
  SQLite::Database(path_, SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 99");
  EXPECT_EQ(Query().code, kExitNoStore);
  EXPECT_TRUE(Has(Query().output, "is of a newer logd (version 99")) << Query().output;
}

TEST_F(LogctlStore, ThatIsNotForThisUserIsNamedWithWhoMay) {
  Fill();
  ::chmod(dir_.File("").c_str(), 0755);
  ::chmod(path_.c_str(), ::geteuid() == 0 ? 0600 : 0);
  QueryOptions options;
  options.store = path_;
  EXPECT_TRUE(AsNobody([&] {
                RunQuery(options, stdout);
              }).starts_with(path_ + " is not for this user: ask as root"));
  if (::geteuid() != 0) return;
  const gid_t group = 1;  // daemon, on any Debian
  ASSERT_EQ(::chown(path_.c_str(), 0, group), 0);
  EXPECT_EQ(AsNobody([&] { RunQuery(options, stdout); }),
            path_ + " is not for this user: ask as root, or become a member of the group daemon");
}

TEST_F(LogctlStore, ColoursAreForTerminalsUnlessAskedFor) {
  Fill();
  const std::string query = "$logctl query --store " + path_;
  EXPECT_FALSE(Has(Shell(query).output, "\033["));
  EXPECT_TRUE(Has(Shell(query + " --color always").output, "\033[33m"));
  EXPECT_TRUE(Has(OnTerminal("unset NO_COLOR; " + query, 80).output, "\033[33m"));
  EXPECT_TRUE(Has(OnTerminal("NO_COLOR= " + query, 80).output, "\033[33m"));
  EXPECT_FALSE(Has(OnTerminal("NO_COLOR=1 " + query, 80).output, "\033["));
  EXPECT_TRUE(Has(OnTerminal("NO_COLOR=1 " + query + " --color=always", 80).output, "\033[33m"));
  EXPECT_FALSE(Has(OnTerminal(query + " --color=never", 80).output, "\033["));
  EXPECT_FALSE(Has(OnTerminal(query + " --json", 80).output, "\033["));
}

TEST_F(LogctlStore, FollowingEndsWithWhoReadsIt) {
  Fill();
  // head ends with the first line; the next one that comes meets nobody.
  const std::string code = dir_.File("code");
  std::thread reader([&] {
    const std::string output = (Shell("{ timeout 20 $logctl tail -f --store " + path_ +
                                      "; echo $? >" + code + "; } | head -n 1")
                                    .output);
    EXPECT_TRUE(Has(output, "LOG001I")) << output;
  });
  const auto deadline = SteadyClock::now() + std::chrono::seconds(15);
  for (uint64_t sequence = 4; Contents(code).empty(); ++sequence) {
    ASSERT_LT(SteadyClock::now(), deadline) << "logctl tail -f has not ended";
    Store store(path_);
    Backlog backlog(100, TestBootId().ToString(), store.End(), nullptr);
    backlog.Append(TextEvent(sequence));
    store.Commit(backlog, TestBootId(), {});
    std::this_thread::sleep_for(milliseconds(100));
  }
  reader.join();
  EXPECT_NE(Contents(code), "124\n");  // timeout(1) has not had to end it
}

// A daemon that runs in a thread of its own, with one sink that is down.
class LogctlTest : public testing::Test {
 protected:
  LogctlTest() {
    channel_.SetNotify(
        [this](uint32_t event, SequenceNumber sequence) { notices_.Post(event, sequence); });
    auto sink = std::make_unique<FakeSink>();
    sink->SetUp(false);
    daemon_->AddSink(std::move(sink));
    FakeChannel::Content tape;
    tape.event = KEVENT_S390_TAPE_LOADED;
    tape.device = S390_LOG_DEVICE(0, 0, 0x0580);
    s390_log_tape payload{};
    payload.cu_type = payload.dev_type = 0x3490;
    const auto bytes = std::as_bytes(std::span(&payload, 1));
    tape.payload.assign(bytes.begin(), bytes.end());
    channel_.Emit(1, tape);
    thread_ = std::thread([this] { daemon_->Run(); });
  }

  ~LogctlTest() override {
    const uint64_t one = 1;
    EXPECT_EQ(::write(stop_.Get(), &one, sizeof(one)), 8);
    thread_.join();
  }

  ProgramOutcome Ask(const std::string& arguments) { return Logctl(arguments + " -s " + path_); }

  // What bash offers behind a line.
  std::vector<std::string> Offered(const std::string& line) {
    std::ofstream(dir_.File("offer"))
        << "source logd/completion/logctl.bash\ncompopt() { :; }\nCOMP_WORDS=(" << line
        << ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
        << "_logctl " BIN_FOLDER "/logctl \"${COMP_WORDS[COMP_CWORD]}\" \"\"\n"
        << "printf '%s\\n' \"${COMPREPLY[@]}\"\n";
    std::istringstream lines(Shell("bash " + dir_.File("offer")).output);
    std::vector<std::string> words;
    for (std::string word; std::getline(lines, word);)
      if (!word.empty()) words.push_back(word);
    return words;
  }

  TempDir dir_;
  std::string path_ = dir_.File("socket");
  FakeChannel channel_{2, 65536, 4};
  FakeNoticeQueue notices_{2};
  UniqueFd stop_{::eventfd(0, EFD_NONBLOCK)};
  DaemonParts parts_{channel_,
                     notices_,
                     stop_.Get(),
                     path_,
                     100,
                     std::chrono::seconds(0),
                     [](const std::string&) {},
                     dir_.File("no-devices")};
  std::unique_ptr<Daemon> daemon_ = std::make_unique<Daemon>(parts_);
  std::thread thread_;
};

TEST_F(LogctlTest, SocketThatIsNotForThisUserIsNamedWithWhoMay) {
  ::chmod(dir_.File("").c_str(), 0755);
  if (::geteuid() != 0) ::chmod(path_.c_str(), 0);
  EXPECT_EQ(AsNobody([&] { AskLogd(path_, "stats"); }),
            path_ + " is not for this user: ask as root");
}

TEST_F(LogctlTest, SinksShowWhyOneIsDownAndWhatWaits) {
  ASSERT_EQ(Ask("sinks").code, 0);
  const Json sink = Json::parse(Ask("sinks --json").output).at("sinks").at(0);
  EXPECT_EQ(sink.at("name"), "fake");
  EXPECT_EQ(sink.at("reason"), "told so");
  EXPECT_EQ(sink.at("undelivered"), 1);
  const std::string table = Ask("sinks").output;
  EXPECT_TRUE(std::regex_search(table, std::regex("fake +1 +[0-9.]+ [a-z]+ +0 .* down: told so\n")))
      << table;
}

TEST_F(LogctlTest, AnswersAreAlsoJson) {
  EXPECT_EQ(Json::parse(Ask("stats --json").output).at("emitted"), 1);
  EXPECT_EQ(Json::parse(Ask("drives --json").output).at("drives").at(0).at("device"), "0.0.0580");
  EXPECT_EQ(Json::parse(Ask("mode --json").output).at("mode"), "no-overwrite");
  EXPECT_EQ(Json::parse(Ask("mode overwrite --json").output).at("mode"), "overwrite");
  EXPECT_EQ(Ask("mode").output, "overwrite\n");
}

TEST_F(LogctlTest, NarrowTerminalBreaksNoValue) {
  const std::string drives = OnTerminal("$logctl drives -s " + path_, 40).output;
  EXPECT_TRUE(Has(drives, "0.0.0580\n")) << drives;
  EXPECT_TRUE(Has(drives, "loaded")) << drives;
  EXPECT_FALSE(Has(OnTerminal("$logctl drives -s " + path_, 200).output, "0.0.0580\n"));
}

TEST_F(LogctlTest, WatchingShowsTheBooksAgainAndAgain) {
  const auto outcome = Shell("timeout -s INT 2.5 $logctl stats --watch --json -s " + path_);
  EXPECT_GE(std::count(outcome.output.begin(), outcome.output.end(), '\n'), 2) << outcome.output;
}

TEST_F(LogctlTest, BashIsOfferedCommandsOptionsAndWhatIsKnown) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(Offered("logctl st"), Words{"stats"});
  EXPECT_EQ(Offered("logctl tail --sev"), Words{"--severity"});
  EXPECT_EQ(Offered("logctl tail --severity w"), Words{"warning"});
  EXPECT_EQ(Offered("logctl sinks --color = n"), Words{"never"});
  EXPECT_EQ(Offered("logctl mode \"\""), (Words{"no-overwrite", "overwrite"}));
  EXPECT_EQ(Offered("logctl explain TAP001"), Words{"TAP001I"});
  EXPECT_EQ(Offered("logctl explain ERPA-4a"), Words{"ERPA-4a"});
  EXPECT_EQ(Offered("logctl query --event tape_load"), Words{"tape_loaded"});
  EXPECT_EQ(Offered("logctl -s " + path_ + " query --device 0.0.058"), Words{"0.0.0580"});
  EXPECT_EQ(Offered("logctl replay tests/hos"), Words{"tests/host"});
  EXPECT_EQ(Offered("logctl query --store READ"), Words{"README.md"});
  EXPECT_EQ(Offered("logctl nonsense --js"), Words());
}

// Whatever CLI11 knows is offered: each command that --help names, and each option of each.
TEST_F(LogctlTest, BashIsOfferedAllThatHelpNames) {
  std::vector<std::string> offered = Offered("logctl \"\"");
  EXPECT_GE(offered.size(), 9u);
  for (const std::string& command : offered) {
    const std::string help = Logctl(command + " --help").output;
    const std::vector<std::string> options = Offered("logctl " + command + " -");
    const std::regex option("--[a-z-]+");
    for (std::sregex_iterator at(help.begin(), help.end(), option), end; at != end; ++at) {
      EXPECT_NE(std::find(options.begin(), options.end(), at->str()), options.end())
          << command << " " << at->str();
    }
  }
}

TEST(Logd, CommandLineThatMakesNoSenseEndsItAsABadConfigurationDoes) {
  EXPECT_EQ(Shell(BIN_FOLDER "/logd --nonsense").code, 2);
  EXPECT_EQ(Shell(BIN_FOLDER "/logd --check -c tests/host/logctl_test.cc").code, 2);
  EXPECT_EQ(Shell(BIN_FOLDER "/logd --help").code, 0);
}

// --- the manual ------------------------------------------------------------------------------

class LogctlPage : public testing::Test {
 protected:
  std::string page_ = std::regex_replace(Contents("logd/logctl.1"), std::regex("\\\\-"), "-");
};

TEST_F(LogctlPage, HasEachCommandAndOptionThatHelpNames) {
  std::string help = Logctl("--help").output;
  const std::regex command("\n  ([a-z]+)  +[a-z]");
  std::vector<std::string> commands;
  for (std::sregex_iterator at(help.begin(), help.end(), command), end; at != end; ++at)
    commands.push_back((*at)[1]);
  EXPECT_GE(commands.size(), 9u);
  for (const std::string& name : commands) {
    EXPECT_TRUE(Has(page_, "\n.SS " + name + "\n")) << name;
    help += Logctl(name + " --help").output;
  }
  const std::regex option("--[a-z-]+");
  for (std::sregex_iterator at(help.begin(), help.end(), option), end; at != end; ++at)
    EXPECT_TRUE(Has(page_, at->str())) << at->str();
}

TEST_F(LogctlPage, NamesNoOptionThatThereIsNot) {
  std::string help = Logctl("--help").output;
  for (const char* name :
       {"tail", "query", "drives", "sinks", "stats", "mode", "explain", "capture", "replay"})
    help += Logctl(std::string(name) + " --help").output;
  const std::regex option("--[a-z]+[a-z-]*");
  for (std::sregex_iterator at(page_.begin(), page_.end(), option), end; at != end; ++at)
    EXPECT_TRUE(Has(help, at->str())) << at->str();
}

TEST_F(LogctlPage, HasTheExitCodes) {
  for (const ExitCode& each : kExitCodes)
    EXPECT_TRUE(Has(page_, "\n.B " + std::to_string(each.code) + "\n")) << each.code;
}

}  // namespace
}  // namespace s390log
