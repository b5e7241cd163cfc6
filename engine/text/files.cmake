target_sources(fireside_engine PRIVATE
  text/added_tokens.cpp
  text/bpe.cpp
  text/byte_alphabet.cpp
  text/byte_level_encoder.cpp
  text/chat_template.cpp
  text/detokenizer.cpp
  text/merge_queue.cpp
  text/prompt_encoder.cpp
  text/sentencepiece_encoder.cpp
  text/sentencepiece_file.cpp
  text/split_pattern.cpp
  text/stop_strings.cpp
  text/tokenizer.cpp
  text/tokenizer_file.cpp
  text/unicode.cpp
  text/utf8.cpp
)
