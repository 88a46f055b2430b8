// SPDX-License-Identifier: MIT
// Prints s390-log-messages(7): all messages, and what sense bytes mean, as the library has them.
#include <fmt/format.h>

#include <iostream>
#include <string>

#include "s390log/catalog.h"
#include "s390log/tape_sense.h"

namespace s390log {
namespace {

// A backslash or a leading dot would be a request to the formatter; so would a quote in an
// argument.
std::string Roff(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '"') {
      escaped += "\\(dq";
    } else if (c == '-') {
      escaped += "\\-";
    } else {
      if ((c == '.' || c == '\'') && escaped.empty()) escaped += "\\&";
      escaped += c;
    }
  }
  return escaped;
}

void Print(const std::string& line) { std::cout << line << '\n'; }

void Heading() {
  Print(".\\\" Made from lib/catalog.toml and lib/tape_sense.toml. SPDX-License-Identifier: MIT");
  Print(".TH S390\\-LOG\\-MESSAGES 7 \"\" \"s390-log\" \"Messages\"");
  Print(".SH NAME\ns390\\-log\\-messages \\- what the messages of s390\\-log mean");
  Print(".SH DESCRIPTION");
  Print(
      "A message id is component, number and a letter: I for information, W for warning, E for\n"
      "error.\n"
      "TAP is about tape drives, DEV about devices of any kind, CHN about the channel subsystem,\n"
      "LOG about the log itself.\n"
      "What stands in braces is replaced: the device, or what is known of the event.\n"
      ".B logctl explain\n"
      "prints one of these.");
}

void Messages() {
  Print(".SH MESSAGES");
  for (const CatalogEntry& entry : CatalogTable()) {
    Print(fmt::format(".TP\n.B {}", entry.message_id));
    Print(fmt::format(".I \"{}\"\n.br\n{}, severity {}.", Roff(entry.text), Roff(entry.name),
                      SeverityName(entry.severity)));
    Print(fmt::format(".br\n{}\n.br\nAction: {}", Roff(entry.explanation), Roff(entry.action)));
  }
}

void Erpas() {
  Print(".SH ERPA CODES");
  Print(
      "Sense byte 3 of a 3480 or 3490 is the error\\-recovery\\-procedure action code. In\n"
      "parentheses: who must act.");
  for (const ErpaEntry& erpa : ErpaTable()) {
    Print(fmt::format(".TP\n.B ERPA {:02x}\n.I \"{}\"\n({})", erpa.code, Roff(erpa.name),
                      erpa.actor));
    Print(fmt::format(".br\n{}\n.br\nAction: {}", Roff(erpa.explanation), Roff(erpa.action)));
  }
}

void Bits() {
  Print(".SH SENSE BITS");
  for (const SenseBitEntry& bit : SenseBitTable()) {
    Print(fmt::format(".TP\n.B byte {}, {:02x}\n.I \"{}\"\n({})\n.br\n{}", bit.byte, bit.mask,
                      Roff(bit.name), bit.actor, Roff(bit.explanation)));
  }
}

void Actors() {
  Print(".SH WHO MUST ACT");
  for (const ActorEntry& actor : ActorTable()) {
    Print(fmt::format(".TP\n.B {}\n{} A line of log says: {}.", actor.name, Roff(actor.explanation),
                      Roff(actor.advice)));
  }
}

}  // namespace
}  // namespace s390log

int main() {
  s390log::Heading();
  s390log::Messages();
  s390log::Erpas();
  s390log::Bits();
  s390log::Actors();
  std::cout << ".SH SEE ALSO\n.BR logctl (1),\n.BR logd (8)\n" << std::flush;
  return std::cout.good() ? 0 : 1;
}
