target_sources(fireside_engine PRIVATE
  documents/document_assembler.cpp
  documents/document_errors.cpp
  documents/document_reader.cpp
  documents/document_type.cpp
  documents/headings.cpp
  documents/helper_process.cpp
  documents/prompt.cpp
  documents/role.cpp
  documents/sha256.cpp
  documents/summary_plan.cpp
  documents/summary_requests.cpp
  documents/summary_text.cpp
  documents/text_clean.cpp
  documents/text_split.cpp
)
if(FIRESIDE_SANITIZE)
  # The helper keeps stderr for reports and has no memory limit: see helper/README.md.
  set_source_files_properties(documents/helper_process.cpp documents/document_reader.cpp PROPERTIES COMPILE_DEFINITIONS FIRESIDE_SANITIZED)
endif()
# Whoever links the engine may read documents: the helper is built along, as a program beside theirs.
add_dependencies(fireside_engine fireside-document-helper)
