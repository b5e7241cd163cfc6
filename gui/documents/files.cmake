target_sources(fireside_gui PRIVATE
  documents/attachment_list_model.cpp documents/attachment_list_model.h
  documents/attachment_rows.cpp documents/attachment_rows.h
  documents/document_shelf.cpp documents/document_shelf.h
  documents/summary_run.cpp documents/summary_run.h
)
