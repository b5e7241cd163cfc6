target_sources(fireside_gui PRIVATE
  store/attachment_queries.cpp store/attachment_queries.h
  store/conversation_queries.cpp store/conversation_queries.h
  store/database.cpp store/database.h
  store/export.cpp store/export.h
  store/export_file.cpp store/export_file.h
  store/file_system.cpp store/file_system.h
  store/job_queue.cpp store/job_queue.h
  store/message_queries.cpp store/message_queries.h
  store/migrations.cpp store/migrations.h
  store/opening.cpp store/opening.h
  store/role_queries.cpp store/role_queries.h
  store/rows.h
  store/salvage.cpp store/salvage.h
  store/search_queries.cpp store/search_queries.h
  store/search_text.cpp store/search_text.h
  store/single_instance.cpp store/single_instance.h
  store/storage_status.cpp store/storage_status.h
  store/store.cpp store/store.h
  store/store_answers.cpp store/store_calls.h
  store/store_error.cpp store/store_error.h
  store/store_options.h
  store/trash_queries.cpp store/trash_queries.h
)
qt_add_resources(fireside_gui fireside_sql
  PREFIX /fireside/sql
  BASE ${CMAKE_SOURCE_DIR}/resources/sql
  FILES ${CMAKE_SOURCE_DIR}/resources/sql/0001_initial.sql)
