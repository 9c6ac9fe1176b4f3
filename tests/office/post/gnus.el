;;; Gnus opens each mail of a mailbox and presses the button of the invitation in it; its answers leave over SMTP.
(require 'gnus)
(require 'gnus-icalendar)
(require 'smtpmail)

(setq user-mail-address (getenv "ADDRESS")
      gnus-select-method '(nnnil "")
      gnus-read-newsrc-file nil
      gnus-save-newsrc-file nil
      gnus-use-dribble-file nil
      gnus-message-archive-group nil
      gnus-message-highlight-citation nil ; colours, which never end without a screen
      message-send-mail-function #'message-smtpmail-send-it
      smtpmail-smtp-server (getenv "SMTP_HOST")
      smtpmail-smtp-service (string-to-number (getenv "SMTP_PORT"))
      smtpmail-stream-type 'plain)

(gnus-icalendar-setup)
(gnus-no-server)
(gnus-group-read-ephemeral-group
 "mails" `(nndoc "mails" (nndoc-address ,(getenv "MAILBOX")) (nndoc-article-type mbox)) t)
(let ((number 0))
  (dolist (answer (split-string (getenv "ANSWERS")))
    (gnus-summary-goto-article (setq number (1+ number)) nil t)
    (princ (with-current-buffer gnus-article-buffer (buffer-string)))
    (funcall (intern (concat "gnus-icalendar-reply-" answer)))))
