// notebooks_export/notebook_template.h - the text of templates/study.py. Internal to the module;
// the build makes its source from the file.
#pragma once
#include <string_view>

namespace opline::notebooks_export {

[[nodiscard]] std::string_view notebook_template();

}  // namespace opline::notebooks_export
