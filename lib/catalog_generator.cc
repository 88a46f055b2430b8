// SPDX-License-Identifier: MIT
// Makes the C++ table of messages from catalog.toml, and refuses a catalog with a fault in it.
// Runs on the build machine: catalog-generator catalog.toml > catalog_table.cc
#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>

namespace {

constexpr std::array<std::string_view, 8> kSeverities = {"emerg",   "alert",  "crit", "err",
                                                         "warning", "notice", "info", "debug"};

[[noreturn]] void Fail(const toml::node& node, const std::string& what) {
  throw std::runtime_error(fmt::format("line {}: {}", node.source().begin.line, what));
}

std::string Text(const toml::table& message, std::string_view key) {
  const auto value = message[key].value<std::string>();
  if (!value || value->empty()) Fail(message, fmt::format("{} is missing", key));
  return *value;
}

// A raw string, whatever the text contains.
std::string Quoted(const std::string& text) { return "R\"toml(" + text + ")toml\""; }

size_t SeverityOf(const toml::table& message) {
  const std::string name = Text(message, "syslog");
  const auto at = std::find(kSeverities.begin(), kSeverities.end(), name);
  if (at == kSeverities.end()) Fail(message, "syslog: no such severity");
  return static_cast<size_t>(at - kSeverities.begin());
}

std::string SubjectOf(const toml::table& message) {
  if (message.contains("event") == message.contains("subject")) {
    Fail(message, "give either an event or a subject");
  }
  if (message.contains("event")) return "Subject::kEvent";
  const std::string subject = Text(message, "subject");
  if (subject == "recovered") return "Subject::kRecovered";
  if (subject == "beyond") return "Subject::kBeyond";
  if (subject == "unlabelled") return "Subject::kUnlabelled";
  if (subject == "unidentified") return "Subject::kUnidentified";
  if (subject == "gap") return "Subject::kGap";
  if (subject == "suppressed") return "Subject::kSuppressed";
  if (subject == "payload_lost") return "Subject::kPayloadLost";
  if (subject == "unknown") return "Subject::kUnknown";
  Fail(message, "no such subject");
}

void CheckId(const toml::table& message, const std::string& id, std::set<std::string>& ids) {
  static const std::regex kForm("[A-Z]{3}[0-9]{3}[IWE]");
  if (!std::regex_match(id, kForm)) Fail(message, id + " does not look like TAP001I");
  if (!ids.insert(id).second) Fail(message, id + " is there twice");
}

std::string Entry(const toml::table& message, std::set<std::string>& ids) {
  const std::string id = Text(message, "id");
  CheckId(message, id, ids);
  const std::string event = message.contains("event") ? Text(message, "event") : "0";
  return fmt::format("    {{{}, {}, {}, {}, {}, {}, {}, {}}},\n", Quoted(id),
                     Quoted(Text(message, "name")), SubjectOf(message), event, SeverityOf(message),
                     Quoted(Text(message, "text")), Quoted(Text(message, "explanation")),
                     Quoted(Text(message, "action")));
}

std::string Table(const toml::table& catalog) {
  const toml::array* messages = catalog["message"].as_array();
  if (messages == nullptr) throw std::runtime_error("no [[message]]");
  std::set<std::string> ids;
  std::string entries;
  for (const toml::node& message : *messages) entries += Entry(*message.as_table(), ids);
  for (const char* subject : {"kRecovered", "kBeyond", "kUnlabelled", "kUnidentified", "kGap",
                              "kPayloadLost", "kSuppressed", "kUnknown"}) {
    if (entries.find(subject) == std::string::npos) {
      throw std::runtime_error(fmt::format("no message has the subject {}", subject));
    }
  }
  return entries;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: catalog-generator catalog.toml\n";
    return 2;
  }
  try {
    const std::string entries = Table(toml::parse_file(argv[1]));
    std::cout << "// Made from lib/catalog.toml. SPDX-License-Identifier: MIT\n"
                 "#include <linux/s390_log.h>\n\n#include \"s390log/catalog.h\"\n\n"
                 "namespace s390log {\n\nstd::span<const CatalogEntry> CatalogTable() {\n"
                 "  static constexpr CatalogEntry kTable[] = {\n"
              << entries << "  };\n  return kTable;\n}\n\n}  // namespace s390log\n";
  } catch (const toml::parse_error& error) {
    std::cerr << argv[1] << ":" << error.source().begin.line << ": " << error.description() << "\n";
    return 1;
  } catch (const std::exception& error) {
    std::cerr << argv[1] << ": " << error.what() << "\n";
    return 1;
  }
  return 0;
}
