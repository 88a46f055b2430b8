// SPDX-License-Identifier: MIT
#include "logd/completion.h"

#include <CLI/Option.hpp>
#include <algorithm>

namespace s390log {
namespace {

bool Hidden(const CLI::Option& option) { return option.get_group().empty(); }
bool TakesValue(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

// Those of a command, and those of what it belongs to.
std::vector<const CLI::Option*> OptionsOf(const CLI::App& app) {
  std::vector<const CLI::Option*> options =
      app.get_options([](const CLI::Option* option) { return !Hidden(*option); });
  if (app.get_parent() == nullptr) return options;
  for (const CLI::Option* option : OptionsOf(*app.get_parent())) {
    // Both have --help.
    if (!option->check_name("--help")) options.push_back(option);
  }
  return options;
}

const CLI::Option* FindOption(const CLI::App& app, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  for (const CLI::Option* option : OptionsOf(app))
    if (option->check_name(name)) return option;
  return nullptr;
}

std::vector<const CLI::App*> CommandsOf(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* command) { return !command->get_group().empty(); });
}

const CLI::App* FindCommand(const CLI::App& app, const std::string& name) {
  for (const CLI::App* command : CommandsOf(app))
    if (command->check_name(name)) return command;
  return nullptr;
}

// A line up to the word that is being written.
struct Place {
  const CLI::App* app;
  const CLI::Option* waiting = nullptr;  // for its value
  size_t positionals = 0;
};

Place PlaceBehind(const CLI::App& app, const std::vector<std::string>& words) {
  Place place{&app};
  for (const std::string& word : words) {
    if (place.waiting != nullptr) {
      place.waiting = nullptr;
    } else if (word.starts_with("-")) {
      const CLI::Option* option = FindOption(*place.app, word);
      const bool waits =
          option != nullptr && TakesValue(*option) && word.find('=') == std::string::npos;
      if (waits) place.waiting = option;
    } else if (const CLI::App* command = FindCommand(*place.app, word)) {
      place.app = command;
    } else {
      ++place.positionals;
    }
  }
  return place;
}

const CLI::Option* PositionalOf(const CLI::App& app, size_t index) {
  for (const CLI::Option* option : app.get_options())
    if (option->get_positional() && index-- == 0) return option;
  return nullptr;
}

Candidates NamesOf(const CLI::App& app) {
  Candidates names;
  for (const CLI::Option* option : OptionsOf(app)) {
    for (const std::string& name : option->get_lnames())
      names.push_back({"--" + name, option->get_description()});
    for (const std::string& name : option->get_snames())
      names.push_back({"-" + name, option->get_description()});
  }
  return names;
}

Candidates CommandNames(const CLI::App& app) {
  Candidates names;
  for (const CLI::App* command : CommandsOf(app))
    names.push_back({command->get_name(), command->get_description()});
  return names;
}

// Of "TEXT:{auto,always,never}", as CLI::IsMember describes itself.
Candidates MembersOf(const std::string& type) {
  Candidates members;
  const size_t begin = type.find('{'), end = type.rfind('}');
  if (begin == std::string::npos || end == std::string::npos) return members;
  for (size_t at = begin + 1; at <= end;) {
    const size_t comma = std::min(type.find(',', at), end);
    members.push_back({type.substr(at, comma - at)});
    at = comma + 1;
  }
  return members;
}

// bash takes --color=never for three words.
void JoinAtEquals(std::vector<std::string>& words) {
  if (words.back() == "=") words.back().clear();
  words.erase(std::remove(words.begin(), words.end(), "="), words.end());
}

Candidates WithPrefix(Candidates candidates, const std::string& prefix) {
  std::erase_if(candidates, [&](const Candidate& each) {
    return !each.word.starts_with(':') && !each.word.starts_with(prefix);
  });
  return candidates;
}

}  // namespace

Candidates Completion::ValuesOf(const CLI::Option& option) const {
  const std::string type = option.get_type_name();
  const std::string name = type.substr(0, type.find(':'));
  if (name == "FILE") return {{kCompleteFiles}};
  if (name == "FOLDER") return {{kCompleteFolders}};
  const auto values = values_.find(name);
  return values == values_.end() ? MembersOf(type) : values->second();
}

Candidates Completion::Next(std::vector<std::string> words) const {
  if (words.empty()) words.emplace_back();
  JoinAtEquals(words);
  const std::string word = words.back();
  words.pop_back();
  const Place place = PlaceBehind(app_, words);
  if (place.waiting != nullptr) return WithPrefix(ValuesOf(*place.waiting), word);
  const size_t equals = word.find('=');
  if (word.starts_with("--") && equals != std::string::npos) {
    const CLI::Option* option = FindOption(*place.app, word);
    if (option == nullptr) return {};
    Candidates values = WithPrefix(ValuesOf(*option), word.substr(equals + 1));
    for (Candidate& value : values) value.word.insert(0, word, 0, equals + 1);
    return values;
  }
  if (word.starts_with("-")) return WithPrefix(NamesOf(*place.app), word);
  if (place.app == &app_) return WithPrefix(CommandNames(app_), word);
  const CLI::Option* positional = PositionalOf(*place.app, place.positionals);
  return positional == nullptr ? Candidates() : WithPrefix(ValuesOf(*positional), word);
}

}  // namespace s390log
