// SPDX-License-Identifier: MIT
// Makes the C++ tables of sense bits and ERPA codes from tape_sense.toml, and refuses a file with a
// fault in it. Runs on the build machine: tape-sense-generator tape_sense.toml > table.cc
#include <fmt/format.h>
#include <toml++/toml.h>

#include <functional>
#include <iostream>
#include <set>
#include <stdexcept>
#include <string>

namespace {

[[noreturn]] void Fail(const toml::node& node, const std::string& what) {
  throw std::runtime_error(fmt::format("line {}: {}", node.source().begin.line, what));
}

// A raw string, whatever the text contains.
std::string Text(const toml::table& entry, std::string_view key) {
  const auto value = entry[key].value<std::string>();
  if (!value || value->empty()) Fail(entry, fmt::format("{} is missing", key));
  return "R\"toml(" + *value + ")toml\"";
}

int64_t Number(const toml::table& entry, std::string_view key, int64_t max) {
  const auto value = entry[key].value<int64_t>();
  if (!value || *value < 0 || *value > max) {
    Fail(entry, fmt::format("{} is missing, or not 0 to {}", key, max));
  }
  return *value;
}

void Claim(const toml::table& entry, std::set<std::string>& taken, const std::string& what) {
  if (!taken.insert(what).second) Fail(entry, what + " is there twice");
}

class Tables {
 public:
  explicit Tables(const toml::table& source) : source_(source) {}

  std::string Actors() {
    return Entries("actor", [&](const toml::table& entry) {
      const std::string name = Text(entry, "name");
      Claim(entry, actors_, name);
      return fmt::format("{}, {}, {}", name, Text(entry, "advice"), Text(entry, "explanation"));
    });
  }

  std::string Erpas() {
    std::set<std::string> taken;
    return Entries("erpa", [&](const toml::table& entry) {
      const std::string code = fmt::format("{:#04x}", Number(entry, "code", 0xff));
      Claim(entry, taken, code);
      return fmt::format("{}, {}, {}, {}, {}", code, Text(entry, "name"), Actor(entry),
                         Text(entry, "explanation"), Text(entry, "action"));
    });
  }

  std::string Bits() {
    std::set<std::string> taken;
    return Entries("bit", [&](const toml::table& entry) {
      const std::string place =
          fmt::format("{}, {:#04x}", Number(entry, "byte", 31), Number(entry, "mask", 0xff));
      Claim(entry, taken, place);
      return fmt::format("{}, {}, {}, {}", place, Text(entry, "name"), Actor(entry),
                         Text(entry, "explanation"));
    });
  }

 private:
  std::string Entries(std::string_view kind,
                      const std::function<std::string(const toml::table&)>& make) {
    const toml::array* nodes = source_[kind].as_array();
    if (nodes == nullptr) throw std::runtime_error(fmt::format("no [[{}]]", kind));
    std::string entries;
    for (const toml::node& node : *nodes) {
      entries += fmt::format("      {{{}}},\n", make(*node.as_table()));
    }
    return entries;
  }

  std::string Actor(const toml::table& entry) {
    const std::string actor = Text(entry, "actor");
    if (!actors_.contains(actor)) Fail(entry, "no such actor");
    return actor;
  }

  const toml::table& source_;
  std::set<std::string> actors_;
};

void PrintTable(const char* function, const char* type, const std::string& entries) {
  std::cout << fmt::format(
      "std::span<const {0}> {1}() {{\n  static constexpr {0} kTable[] = {{\n{2}  }};\n"
      "  return kTable;\n}}\n\n",
      type, function, entries);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: tape-sense-generator tape_sense.toml\n";
    return 2;
  }
  try {
    const toml::table source = toml::parse_file(argv[1]);
    Tables tables(source);
    const std::string actors = tables.Actors();
    const std::string erpas = tables.Erpas();
    const std::string bits = tables.Bits();
    std::cout << "// Made from lib/tape_sense.toml. SPDX-License-Identifier: MIT\n"
                 "#include \"s390log/tape_sense.h\"\n\nnamespace s390log {\n\n";
    PrintTable("ActorTable", "ActorEntry", actors);
    PrintTable("ErpaTable", "ErpaEntry", erpas);
    PrintTable("SenseBitTable", "SenseBitEntry", bits);
    std::cout << "}  // namespace s390log\n";
  } catch (const toml::parse_error& error) {
    std::cerr << argv[1] << ":" << error.source().begin.line << ": " << error.description() << "\n";
    return 1;
  } catch (const std::exception& error) {
    std::cerr << argv[1] << ": " << error.what() << "\n";
    return 1;
  }
  return 0;
}
