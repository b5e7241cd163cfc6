target_sources(fireside_gui PRIVATE
  chat/answer_writer.cpp chat/answer_writer.h
  chat/backend.cpp chat/backend.h
  chat/block.h
  chat/block_parser.cpp chat/block_parser.h
  chat/chat_services.h
  chat/chat_session.cpp chat/chat_session.h
  chat/chat_session_answer.cpp
  chat/chat_session_summary.cpp
  chat/chat_session_versions.cpp
  chat/cjk_emphasis.cpp chat/cjk_emphasis.h
  chat/code_highlighter.cpp chat/code_highlighter.h
  chat/code_languages.cpp chat/code_languages.h
  chat/code_scanner.cpp chat/code_scanner.h
  chat/conversation_list_model.cpp chat/conversation_list_model.h
  chat/conversation_title.cpp chat/conversation_title.h
  chat/engine_worker.cpp chat/engine_worker.h
  chat/day_section.cpp chat/day_section.h
  chat/error_phrases.cpp chat/error_phrases.h
  chat/error_text.cpp chat/error_text.h
  chat/fake_backend.cpp chat/fake_backend.h
  chat/fake_script.cpp chat/fake_script.h
  chat/generation.cpp chat/generation.h
  chat/local_backend.cpp chat/local_backend.h
  chat/mailbox.cpp chat/mailbox.h
  chat/markdown_blocks.cpp chat/markdown_blocks.h
  chat/markdown_lines.cpp chat/markdown_lines.h
  chat/markdown_segmenter.cpp chat/markdown_segmenter.h
  chat/math_stash.cpp chat/math_stash.h
  chat/math_text.cpp chat/math_text.h
  chat/message_tree.cpp chat/message_tree.h
  chat/message_view.h
  chat/message_views.cpp chat/message_views.h
  chat/number_text.cpp chat/number_text.h
  chat/prompt_builder.cpp chat/prompt_builder.h
  chat/prompt_counter.h
  chat/sampling_settings.cpp chat/sampling_settings.h
  chat/task.h
  chat/text_safety.cpp chat/text_safety.h
  chat/token_meter.cpp chat/token_meter.h
  chat/transcript_model.cpp chat/transcript_model.h
  chat/transcript_rows.cpp chat/transcript_rows.h
  chat/trash_list_model.cpp chat/trash_list_model.h
)
